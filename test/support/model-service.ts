import type { Clock } from '../../src/edges/clock.js';
import type {
  AccountAnswer,
  CancelAnswer,
  CreateAnswer,
  CreateRequest,
  Fault,
  QueueAnswer,
  Service,
  TaskAnswer,
} from '../../src/runninghub/service.js';
import { isTaskId } from '../../src/values/ids.js';

export interface ModelTask {
  readonly taskId: string;
  readonly request: CreateRequest;
  readonly createdAt: number;
  readonly startsAt: number;
  endsAt: number;
  /** When the client was first told of the end. */
  seenAt: number | null;
  cancelled: boolean;
}

export interface ModelOptions {
  readonly clock: Clock;
  readonly slots: () => number;
  /** Tasks that may wait beyond the slots; 0: refused with 421. */
  readonly queue: number;
  /** Run time of the n-th accepted task, in ms. */
  readonly runMs: (n: number, request: CreateRequest) => number;
  /** One way there and back, in ms. */
  readonly roundTripMs: number;
  /** Tasks of other programs on the account. */
  readonly foreign?: () => number;
  /** What a create is answered with instead of the truth; null: the truth. */
  readonly onCreate?: (n: number, accept: () => CreateAnswer) => CreateAnswer | null;
  readonly onOutputs?: (task: ModelTask, polls: number) => TaskAnswer | null;
  readonly onAccount?: (truth: AccountAnswer & { readonly is: 'known' }) => AccountAnswer;
  /** The queue status call tells the account's limit. */
  readonly told?: boolean;
  readonly onAccepted?: (task: ModelTask) => void;
  /** A read request goes out. */
  readonly onRead?: () => void;
  /** What the service tells of a run time, in ms; by default whole seconds of the truth. */
  readonly toldMs?: (ms: number) => number | null;
  /** Whether this request is answered with HTTP 500, whatever it asked. */
  readonly fails?: () => boolean;
}

export const fault = (code: string, kind: Fault['class'], message = code): Fault => ({
  class: kind,
  code,
  message,
  retryAfterMs: null,
  node: null,
  field: null,
  traceback: null,
});

const noCost = { coins: null, money: null, taskTimeMs: null };

/** A RunningHub without HTTP, over any clock: the ground of the engine's tests and benches. */
export class ModelService implements Service {
  readonly tasks: ModelTask[] = [];
  readonly requests = { create: 0, outputs: 0, account: 0, queue: 0, cancel: 0, download: 0 };
  rejected = 0;
  readonly #byId = new Map<string, ModelTask>();
  readonly #polls = new Map<string, number>();
  #active: ModelTask[] = [];

  constructor(private readonly options: ModelOptions) {}

  inFlight(): number {
    const now = this.options.clock.now();
    this.#active = this.#active.filter(({ endsAt }) => endsAt > now);
    return this.#active.length;
  }

  async create(request: CreateRequest): Promise<CreateAnswer> {
    this.requests.create += 1;
    const n = this.requests.create;
    await this.#travel();
    const answer = this.options.onCreate?.(n, () => this.#accept(request)) ?? this.#accept(request);
    await this.#travel();
    return answer;
  }

  #accept(request: CreateRequest): CreateAnswer {
    const now = this.options.clock.now();
    const foreign = this.options.foreign?.() ?? 0;
    const inFlight = this.inFlight() + foreign;
    const slots = this.options.slots();
    if (inFlight >= slots + this.options.queue) {
      this.rejected += 1;
      return { is: 'refused', fault: fault('421', 'capacity') };
    }
    const taskId = `19${String(this.tasks.length + 1).padStart(17, '0')}`;
    const startsAt = this.#slotAt(now, Math.max(1, slots - foreign));
    const task: ModelTask = {
      taskId,
      request,
      createdAt: now,
      startsAt,
      endsAt: startsAt + this.options.runMs(this.tasks.length, request),
      seenAt: null,
      cancelled: false,
    };
    this.tasks.push(task);
    this.#active.push(task);
    this.#byId.set(taskId, task);
    this.options.onAccepted?.(task);
    if (!isTaskId(taskId)) throw new Error('model: bad task id');
    return {
      is: 'accepted',
      taskId,
      running: startsAt <= now,
      netWssUrl: null,
      nodeErrors: [],
    };
  }

  /** When the queue lets a new task start: the slots-th latest end among those in flight. */
  #slotAt(now: number, slots: number): number {
    const ends = this.#active.map(({ endsAt }) => endsAt).sort((a, b) => b - a);
    return Math.max(now, ends[slots - 1] ?? now);
  }

  async outputs(taskId: string): Promise<TaskAnswer> {
    this.requests.outputs += 1;
    this.options.onRead?.();
    await this.#travel();
    const answer: TaskAnswer =
      this.options.fails?.() === true
        ? { is: 'unread', fault: fault('http-500', 'transient') }
        : this.#outputs(taskId);
    await this.#travel();
    return answer;
  }

  #outputs(taskId: string): TaskAnswer {
    const task = this.#byId.get(taskId);
    if (task === undefined) return { is: 'missing', fault: fault('807', 'task') };
    const polls = (this.#polls.get(taskId) ?? 0) + 1;
    this.#polls.set(taskId, polls);
    const special = this.options.onOutputs?.(task, polls);
    if (special != null) return special;
    const now = this.options.clock.now();
    if (task.cancelled) return { is: 'cancelled', cost: noCost };
    if (now < task.startsAt) return { is: 'queued' };
    if (now < task.endsAt) return { is: 'running', netWssUrl: null };
    task.seenAt ??= now;
    const ranMs = task.endsAt - task.startsAt;
    const seconds = Math.round(ranMs / 1000);
    const taskTimeMs =
      this.options.toldMs === undefined ? seconds * 1000 : this.options.toldMs(ranMs);
    return {
      is: 'succeeded',
      outputs: [{ url: `model://${taskId}.png`, node: '9', type: 'png', text: null }],
      cost: { coins: String(Math.ceil(seconds * 0.2)), money: null, taskTimeMs },
    };
  }

  async cancel(taskId: string): Promise<CancelAnswer> {
    this.requests.cancel += 1;
    await this.#travel();
    const task = this.#byId.get(taskId);
    if (task === undefined || task.endsAt <= this.options.clock.now()) return { is: 'gone' };
    task.cancelled = true;
    task.endsAt = this.options.clock.now();
    return { is: 'taken' };
  }

  upload(): ReturnType<Service['upload']> {
    return Promise.resolve({ is: 'stored', fileName: 'api/model.png' });
  }

  async account(): Promise<AccountAnswer> {
    this.requests.account += 1;
    this.options.onRead?.();
    await this.#travel();
    const truth = {
      is: 'known' as const,
      coins: '100000',
      money: null,
      currency: null,
      tasksInFlight: this.inFlight() + (this.options.foreign?.() ?? 0),
      type: 'NORMAL',
    };
    await this.#travel();
    if (this.options.fails?.() === true)
      return { is: 'failed', fault: fault('http-500', 'transient') };
    return this.options.onAccount?.(truth) ?? truth;
  }

  async queue(): Promise<QueueAnswer> {
    if (this.options.told !== true) return { is: 'failed', fault: fault('404', 'transient') };
    this.requests.queue += 1;
    this.options.onRead?.();
    await this.#travel();
    const total = this.inFlight() + (this.options.foreign?.() ?? 0);
    const limit = this.options.slots();
    await this.#travel();
    if (this.options.fails?.() === true)
      return { is: 'failed', fault: fault('http-500', 'transient') };
    return { is: 'known', limit, running: Math.min(total, limit), queued: 0, total };
  }

  workflow(): ReturnType<Service['workflow']> {
    return Promise.resolve({ is: 'failed', fault: fault('404', 'transient') });
  }

  download(): ReturnType<Service['download']> {
    this.requests.download += 1;
    return Promise.resolve({
      is: 'open',
      body: nothing(),
      totalBytes: 0,
      offset: 0,
      mediaType: 'image/png',
    });
  }

  #travel(): Promise<void> {
    return this.options.clock.sleep(this.options.roundTripMs / 2);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable without content
async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array();
}
