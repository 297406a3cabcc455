import type { Entry } from '../books.js';
import type { Storage } from '../files.js';
import type { Graph } from '../graph/graph.js';
import type { NodeClass } from '../nodes/node-class.js';
import { Raised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Item } from '../queue/item.js';
import { PromptQueue } from '../queue/prompt-queue.js';
import { Hub } from '../sockets/hub.js';
import type { Version } from '../versions.js';
import type { Ended } from './executor.js';
import { Executor } from './executor.js';

/** What a life is given by what outlives it. */
export interface Ground {
  readonly version: Version;
  readonly classes: ReadonlyMap<string, NodeClass>;
  readonly files: Storage;
  readonly previews: boolean;
  readonly features: PyDict;
  readonly now: () => number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  runMs(classType: string): number;
  tries(item: Item): number;
  /** The process ends of what it was sent (ComfyUI notes, section 2.5). */
  died(life: Life): void;
}

/** From taking a prompt to its first message, and from its last one to the history. */
const gapMs = 2;

/**
 * One process of the server, from its start to its end: counter, queue, history, cache and sockets
 * are lost with it (ComfyUI notes, sections 0 and 3).
 */
export class Life {
  readonly hub: Hub;
  readonly queue: PromptQueue;
  readonly executor: Executor;
  /** The next prompt's number. */
  counter = 0n;
  readonly #over = new AbortController();
  readonly #graphs = new Map<Item, { readonly graph: Graph; readonly entry: Entry }>();
  #wake: (() => void) | null = null;
  #forget = false;

  constructor(private readonly ground: Ground) {
    this.hub = new Hub(ground.version.features ? ground.features : null);
    this.queue = new PromptQueue(
      () => this.#tellAll(),
      (item) => {
        const kept = this.#graphs.get(item);
        if (kept !== undefined) kept.entry.fate = 'deleted';
        this.#graphs.delete(item);
      },
    );
    this.executor = new Executor({
      ...ground,
      hub: this.hub,
      pause: async (ms) => {
        if (ms > 0) await ground.sleep(ms, this.#over.signal);
        if (this.isOver) throw new Over();
      },
    });
    void this.#work();
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get queueInfo(): PyDict {
    return dict({ exec_info: dict({ queue_remaining: BigInt(this.queue.remaining) }) });
  }

  /** Queued whatever happens; raises where it cannot be compared with what is there. */
  put(item: Item, graph: Graph, entry: Entry): void {
    this.#graphs.set(item, { graph, entry });
    this.queue.put(item);
    this.#wake?.();
  }

  /** `POST /free`: once nothing runs. */
  forget(): void {
    this.#forget = true;
    this.#wake?.();
  }

  end(): void {
    this.#over.abort();
    this.#wake?.();
  }

  #tellAll(): void {
    if (!this.isOver) this.hub.send('status', dict({ status: this.queueInfo }), null);
  }

  /** The worker thread. */
  async #work(): Promise<void> {
    try {
      while (!this.isOver) {
        const taken = this.queue.take();
        if (taken !== null) await this.#run(taken);
        if (this.#forget) this.executor.cache.clear();
        this.#forget = false;
        if (taken === null)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } catch (cause) {
      // A thread that dies leaves its prompt running for ever; the server itself goes on.
      if (!(cause instanceof Over) && !(cause instanceof Raised)) throw cause;
    }
  }

  async #run({ item, task }: { readonly item: Item; readonly task: number }): Promise<void> {
    const kept = this.#graphs.get(item);
    if (kept === undefined) return;
    kept.entry.fate = 'running';
    await this.#pause();
    let ended: Ended;
    try {
      ended = await this.executor.execute(item, kept.graph);
    } catch (cause) {
      // A client's id that is no key: the loop that sends messages ends, and the process with it.
      if (cause instanceof Raised && cause.message === 'unhashable type') this.ground.died(this);
      throw cause;
    }
    await this.#pause();
    this.#graphs.delete(item);
    kept.entry.fate = ended.succeeded ? 'success' : ended.interrupted ? 'interrupted' : 'error';
    kept.entry.endedAt = this.ground.now();
    this.queue.done(task, {
      item: this.#withoutKeys(item),
      outputs: ended.outputs,
      status: dict({
        status_str: ended.succeeded ? 'success' : 'error',
        completed: ended.succeeded,
        messages: ended.messages,
      }),
      meta: ended.meta,
    });
    const { client } = this.executor;
    if (client !== null)
      this.hub.send('executing', dict({ node: null, prompt_id: item.id }), client);
  }

  async #pause(): Promise<void> {
    await this.ground.sleep(gapMs, this.#over.signal);
    if (this.isOver) throw new Over();
  }

  /** Keys to others' services are in the queue, and not in the history (section 3). */
  #withoutKeys(item: Item): Item {
    if (!this.ground.version.newEngine || !(item.extra instanceof Map)) return item;
    const extra = new Map<string, Py>(item.extra);
    extra.delete('auth_token_comfy_org');
    extra.delete('api_key_comfy_org');
    return { ...item, extra };
  }
}

/** The process is gone: nothing of it goes on. */
class Over extends Error {}
