import type { Clock } from '../edges/clock.js';
import { fault } from '../runninghub/errors.js';
import type {
  AccountAnswer,
  CancelAnswer,
  CreateAnswer,
  CreateRequest,
  DownloadAnswer,
  Fault,
  FoundAnswer,
  NamedTasks,
  QueueAnswer,
  Service,
  TaskAnswer,
  UploadAnswer,
  UploadFile,
  WorkflowAnswer,
} from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import type { Json } from '../values/json.js';
import { arrivalOf, judged } from './arrival.js';
import { cancelOn } from './cancel.js';
import { viewed } from './download.js';
import type { ComfyServer } from './server.js';
import { promptIdFor } from './prompt-id.js';
import { socketName } from './sockets/sockets.js';
import { stateOf } from './state.js';
import { Twins } from './twins.js';
import { FileStore } from './uploads.js';

export interface FleetOptions {
  readonly servers: readonly ComfyServer[];
  readonly clock: Clock;
  /** Of this process, for the servers' sockets. */
  readonly client: string;
  /** Nodes whose previews are wanted, too; null: none was named. */
  readonly kept: ReadonlySet<string> | null;
  /** What a prompt costs is not told, so that none is made again without proof. */
  readonly paid: boolean;
  /** For people: why something waits. */
  readonly say: (message: string) => void;
}

/** A server that does not answer is left alone so long. */
const downMs = 15_000;
/** How long a lost answer is looked for on a server that does not answer. */
const patienceMs = 5 * 60_000;

/**
 * ComfyUI servers as the engine sees a service: the one with the shortest queue gets the next
 * prompt. Each runs one prompt at a time, and what others have queued there counts.
 */
export class Fleet implements Service, NamedTasks {
  readonly named: NamedTasks = this;
  readonly idFor = promptIdFor;
  readonly #files: FileStore;
  /** Which server has a prompt. */
  readonly #places = new Map<TaskId, ComfyServer>();
  /** Prompts that were cancelled from here: they leave no trace (comfyui-api 6). */
  readonly #cancelled = new Set<TaskId>();
  /** Ids that were sent before, and were not found to have arrived. */
  readonly #again = new Set<TaskId>();
  readonly #twins: Twins;
  readonly #told = new Map<ComfyServer, number>();
  readonly #requests = { create: 0, outputs: 0 };

  constructor(private readonly options: FleetOptions) {
    this.#files = new FileStore(options.servers);
    this.#twins = new Twins(options.servers, options.clock, options.say);
  }

  requests(): { readonly create: number; readonly outputs: number } {
    return { ...this.#requests };
  }

  async create(request: CreateRequest, signal?: AbortSignal): Promise<CreateAnswer> {
    const { taskId } = request;
    const graph = request.body.get('prompt') ?? null;
    if (taskId === undefined) throw new Error('a prompt goes out with an id of ours');
    if (request.sentBefore === true) this.#again.add(taskId);
    let last: Fault | null = null;
    for (const server of await this.#byLoad(signal)) {
      server.reserved += 1;
      try {
        const answer = await this.#submit(server, graph, taskId, signal);
        if (answer !== 'elsewhere') return answer;
        last = fault('transient', 'refused-connection', `${server.address} cannot be reached`);
      } finally {
        server.reserved -= 1;
      }
    }
    return {
      is: 'refused',
      fault: last ?? fault('transient', 'refused-connection', 'No server can be reached'),
    };
  }

  /** Those that answer, the shortest queue first; where none does, all of them. */
  async #byLoad(signal: AbortSignal | undefined): Promise<readonly ComfyServer[]> {
    const { servers, clock } = this.options;
    if (servers.length === 1) return servers;
    const loads = new Map<ComfyServer, number>();
    const awake = servers.filter(({ downUntil }) => downUntil <= clock.now());
    await Promise.all(
      awake.map(async (server) => {
        const before = server.accepted;
        const read = await server.remaining(signal);
        // What was accepted meanwhile is not in it; what ended and was not read yet is not in it, too.
        if (read.ok) loads.set(server, read.value - before);
        else server.downUntil = clock.now() + downMs;
      }),
    );
    const load = (server: ComfyServer): number =>
      (loads.get(server) ?? 0) + server.accepted + server.reserved;
    const found = servers.filter((server) => loads.has(server));
    return found.length === 0 ? servers : found.sort((a, b) => load(a) - load(b));
  }

  async #submit(
    server: ComfyServer,
    graph: Json,
    taskId: TaskId,
    signal: AbortSignal | undefined,
  ): Promise<CreateAnswer | 'elsewhere'> {
    const missing = await this.#files.complete(server, graph, signal);
    if (missing !== null) return { is: 'refused', fault: missing };
    this.#requests.create += 1;
    const answer = await server.submit(
      this.#files.named(server, graph),
      taskId,
      this.options.client,
      signal,
    );
    switch (answer.is) {
      case 'refused':
        if (answer.fault.class !== 'transient') return answer;
        server.downUntil = this.options.clock.now() + downMs;
        return 'elsewhere';
      case 'accepted':
        if (answer.nodeErrors !== null)
          return this.#inPart(server, answer.taskId, answer.nodeErrors, signal);
        return this.#accepted(server, answer.taskId, signal);
      case 'lost':
        return this.#lost(server, taskId, answer, signal);
    }
  }

  async #accepted(
    server: ComfyServer,
    taskId: TaskId,
    signal: AbortSignal | undefined,
  ): Promise<CreateAnswer> {
    server.accepted += 1;
    this.#isAt(server, taskId);
    if (this.#again.delete(taskId)) await this.#twins.expect(taskId, signal);
    const netWssUrl = this.#socketOf(server, taskId);
    return { is: 'accepted', taskId, running: false, netWssUrl, nodeErrors: [] };
  }

  #socketOf(server: ComfyServer, taskId: TaskId): string {
    return socketName(this.options.servers.indexOf(server), taskId);
  }

  #isAt(server: ComfyServer, taskId: TaskId): void {
    server.has(taskId);
    this.#places.set(taskId, server);
  }

  /** Half a graph is no result: what was accepted of it is taken back (comfyui-api 2.3). */
  async #inPart(
    server: ComfyServer,
    taskId: TaskId,
    why: Fault,
    signal: AbortSignal | undefined,
  ): Promise<CreateAnswer> {
    await cancelOn(server, taskId, this.options.clock, signal);
    return { is: 'refused', fault: why };
  }

  async #lost(
    server: ComfyServer,
    taskId: TaskId,
    { fault: why, late }: { readonly fault: Fault; readonly late: boolean },
    signal: AbortSignal | undefined,
  ): Promise<CreateAnswer> {
    const { clock, paid, say } = this.options;
    say(`${why.message}; looking in its queue and history whether the prompt arrived`);
    const arrival = await judged(
      server,
      await arrivalOf(server, taskId, { clock, late: late || paid, patienceMs }, signal),
      paid,
      signal,
    );
    if (arrival.is === 'there') return this.#accepted(server, arrival.taskId, signal);
    this.#again.add(taskId);
    if (arrival.is === 'absent')
      return {
        is: 'refused',
        fault: fault('transient', 'not-arrived', `${why.message}; ${arrival.said}`),
      };
    return { is: 'lost', fault: { ...why, message: `${why.message}; ${arrival.said}` } };
  }

  async find(taskId: TaskId, signal?: AbortSignal): Promise<FoundAnswer> {
    const { servers, clock, paid } = this.options;
    const seen = await Promise.all(
      servers.map(async (server) => {
        if (server.choosesIds === null) await server.version(signal);
        const arrival = await arrivalOf(
          server,
          taskId,
          { clock, late: false, patienceMs: downMs },
          signal,
        );
        if (arrival.is === 'there') this.#isAt(server, arrival.taskId);
        return judged(server, arrival, paid, signal);
      }),
    );
    const there = seen.find(({ is }) => is === 'there');
    if (there !== undefined) return there;
    this.#again.add(taskId);
    const undecided = seen.find(({ is }) => is === 'undecided');
    return (
      undecided ?? {
        is: 'absent',
        said: seen.map((one) => ('said' in one ? one.said : '')).join('; '),
      }
    );
  }

  async outputs(taskId: TaskId, signal?: AbortSignal): Promise<TaskAnswer> {
    this.#requests.outputs += 1;
    await this.#twins.check(taskId, signal);
    const known = this.#places.get(taskId);
    const servers = known === undefined ? this.options.servers : [known];
    let unread: Fault | null = null;
    for (const server of servers) {
      const state = await stateOf(server, taskId, this.options.kept, signal);
      if (state.is === 'nowhere') continue;
      const { answer, ahead } = state;
      if (answer.is === 'unread') {
        unread ??= answer.fault;
        continue;
      }
      this.#isAt(server, taskId);
      if (answer.is === 'queued' || answer.is === 'running') this.#tellQueue(server, ahead ?? 0);
      else server.lacks(taskId);
      return answer.is === 'running'
        ? { is: 'running', netWssUrl: this.#socketOf(server, taskId) }
        : answer;
    }
    if (unread !== null) return { is: 'unread', fault: unread };
    return this.#gone(taskId, known ?? null, signal);
  }

  /** Neither waiting nor running nor ended: somebody took it out, or the server has forgotten all. */
  async #gone(
    taskId: TaskId,
    server: ComfyServer | null,
    signal: AbortSignal | undefined,
  ): Promise<TaskAnswer> {
    const cost = { coins: null, money: null, taskTimeMs: null };
    const read = (await server?.remembersBeside(taskId, signal)) ?? null;
    if (read?.ok === false) return { is: 'unread', fault: read.fault };
    server?.lacks(taskId);
    if (this.#cancelled.has(taskId) || read?.value === true) return { is: 'cancelled', cost };
    const gone = this.options.paid ? 'missing' : 'forgotten';
    const who = server?.address ?? this.options.servers.map(({ address }) => address).join(', ');
    return {
      is: gone,
      fault: fault(
        'task',
        'forgotten',
        `${who} no longer knows prompt ${taskId}: it was started again, or its queue and history were cleared`,
      ),
    };
  }

  #tellQueue(server: ComfyServer, ahead: number): void {
    if ((this.#told.get(server) ?? 0) === ahead) return;
    this.#told.set(server, ahead);
    if (ahead > 0)
      this.options.say(
        `${server.address}: ${ahead} ${ahead === 1 ? 'prompt' : 'prompts'} of others ${ahead === 1 ? 'goes' : 'go'} first`,
      );
  }

  async cancel(taskId: TaskId, signal?: AbortSignal): Promise<CancelAnswer> {
    const known = this.#places.get(taskId);
    const servers = known === undefined ? this.options.servers : [known];
    let refused: CancelAnswer | null = null;
    for (const server of servers) {
      const answer = await cancelOn(server, taskId, this.options.clock, signal);
      if (answer.is === 'refused') refused = answer;
      else this.#cancelled.add(taskId);
      if (answer.is === 'ended') return answer;
    }
    return refused ?? { is: 'taken' };
  }

  upload(file: UploadFile, signal?: AbortSignal): Promise<UploadAnswer> {
    return this.#files.upload(file, signal);
  }

  async account(signal?: AbortSignal): Promise<AccountAnswer> {
    const count = await this.#count(signal);
    if (typeof count !== 'number') return { is: 'failed', fault: count };
    const none = { coins: null, money: null, currency: null, type: null };
    // Whether all of an account's prompts are counted there is not told, so nothing is proved by it.
    return { is: 'known', ...none, tasksInFlight: this.options.paid ? null : count };
  }

  async queue(signal?: AbortSignal): Promise<QueueAnswer> {
    const count = await this.#count(signal);
    return typeof count === 'number'
      ? { is: 'known', limit: null, running: null, queued: null, total: count }
      : { is: 'failed', fault: count };
  }

  /** Prompts that run or wait on all servers; of one that does not answer, ours as we know them. */
  async #count(signal: AbortSignal | undefined): Promise<number | Fault> {
    const { servers } = this.options;
    const reads = await Promise.all(
      servers.map(async (server) => ({ server, read: await server.remaining(signal) })),
    );
    let sum = 0;
    for (const { server, read } of reads) sum += read.ok ? read.value : server.own.size;
    const [first] = reads;
    return first !== undefined && reads.every(({ read }) => !read.ok) && !first.read.ok
      ? first.read.fault
      : sum;
  }

  workflow(): Promise<WorkflowAnswer> {
    const why = fault('input', 'no-workflow', 'A ComfyUI server has no saved workflows');
    return Promise.resolve({ is: 'failed', fault: why });
  }

  download(url: string, _from: number, signal?: AbortSignal): Promise<DownloadAnswer> {
    return viewed(this.options.servers, url, signal);
  }
}
