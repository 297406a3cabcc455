import type { Clock } from '../edges/clock.js';
import type { TaskId } from '../values/ids.js';
import type { ComfyServer } from './server.js';

/** A request that was under way so long does not arrive any more. */
const awaitedMs = 10 * 60_000;
const lookEveryMs = 5_000;

/**
 * Prompts that were sent again under their id, since the first copy was not found to have arrived.
 * It may arrive late after all, and a server runs an id twice (comfyui-api 0): of what waits, one
 * copy stays.
 */
export class Twins {
  /** Until when a second copy may still come. */
  readonly #until = new Map<TaskId, number>();
  readonly #told = new Set<TaskId>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly servers: readonly ComfyServer[],
    private readonly clock: Clock,
    private readonly say: (message: string) => void,
  ) {}

  /** Accepted, on a server that has it among its own. */
  async expect(taskId: TaskId, signal?: AbortSignal): Promise<void> {
    this.#until.set(taskId, this.clock.now() + awaitedMs);
    await this.#look(signal);
  }

  /** Called at every read of some prompt; asks the servers now and then, where copies may come. */
  async check(taskId: TaskId, signal?: AbortSignal): Promise<void> {
    const now = this.clock.now();
    for (const [id, until] of this.#until) if (until < now) this.#until.delete(id);
    if (this.#until.size === 0) return;
    if (this.#until.has(taskId) || now - this.#lookedAt >= lookEveryMs) await this.#look(signal);
  }

  async #look(signal: AbortSignal | undefined): Promise<void> {
    this.#lookedAt = this.clock.now();
    await Promise.all(this.servers.map((server) => this.#thin(server, signal)));
  }

  async #thin(server: ComfyServer, signal: AbortSignal | undefined): Promise<void> {
    const queue = await server.queue(signal);
    if (!queue.ok) return;
    for (const taskId of this.#until.keys()) {
      const count = (items: readonly { readonly id: string }[]): number =>
        items.filter(({ id }) => id === taskId).length;
      const [running, waiting] = [count(queue.value.running), count(queue.value.pending)];
      const surplus = running + waiting - (server.own.has(taskId) ? 1 : 0);
      // One is taken out for each time that the id is named (comfyui-api 3).
      for (let left = Math.min(waiting, surplus); left > 0; left -= 1)
        await server.drop(taskId, signal);
      if (surplus > 0) this.#tell(server, taskId, surplus > waiting);
    }
  }

  /** What runs already is left to run: to stop it would put its end in the place of the result. */
  #tell({ address }: ComfyServer, taskId: TaskId, runs: boolean): void {
    if (this.#told.has(taskId)) return;
    this.#told.add(taskId);
    this.say(
      `${address}: a first copy of prompt ${taskId} came late; ${
        runs
          ? 'it runs a second time, and one of the two results is kept'
          : 'it was taken out of the queue'
      }`,
    );
  }
}
