import type { Clock } from '../edges/clock.js';
import type { RunId, TaskId } from '../values/ids.js';
import type { Context } from './context.js';

/** Open sockets; further runs are shown without their steps. */
const socketsAtOnce = 8;
/** Steps come many times a second, which is faster than anybody reads. */
const stepEveryMs = 500;
const nodeEveryMs = 100;

interface Open {
  close(): void;
}

/**
 * Shows the progress of running tasks from their sockets. It is for display only: a socket that
 * fails is not opened again, nothing is recorded, and a reported end is verified by a read.
 */
export class LiveProgress {
  /** By task; null: its socket was closed and is not opened again. */
  readonly #sockets = new Map<TaskId, Open | null>();
  #open = 0;

  constructor(private readonly context: Context) {}

  /** An answer said that the task runs and named its socket. */
  follow(
    { run, taskId }: { readonly run: { readonly id: RunId }; readonly taskId: TaskId },
    url: string,
  ): void {
    const { sockets, clock, show } = this.context.edges;
    if (sockets === undefined || this.#sockets.has(taskId) || this.#open >= socketsAtOnce) return;
    const steps = new Steps(clock);
    let closed = false;
    this.#open += 1;
    const socket = sockets.open(
      url,
      (news) => {
        if (closed) return;
        if (news.is === 'over') this.context.endReported(taskId, 'socket');
        else if (steps.mayShow(news.node, news.share)) {
          const { node } = news;
          const percent = news.share === null ? null : Math.round(100 * news.share);
          const title = this.#titleOf(node);
          show({ type: 'progress', run: run.id, taskId, node, title, percent });
        }
      },
      () => {
        if (closed) return;
        closed = true;
        this.#open -= 1;
        if (this.#sockets.has(taskId)) this.#sockets.set(taskId, null);
      },
    );
    this.#sockets.set(taskId, socket);
  }

  /** The task has ended. */
  forget(taskId: TaskId): void {
    const socket = this.#sockets.get(taskId);
    this.#sockets.delete(taskId);
    socket?.close();
  }

  close(): void {
    for (const taskId of [...this.#sockets.keys()]) this.forget(taskId);
  }

  #titleOf(node: string): string | null {
    const known = this.context.plan.workflow.nodes.get(node);
    return known?.title ?? known?.classType ?? null;
  }
}

/** Limits how often steps are shown. A step equal to the last one is not shown. */
class Steps {
  #node: string | null = null;
  #share: number | null = null;
  #at = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  mayShow(node: string, share: number | null): boolean {
    const now = this.clock.now();
    const same = node === this.#node;
    if (same && share === this.#share) return false;
    if (now - this.#at < (same ? stepEveryMs : nodeEveryMs)) return false;
    [this.#node, this.#share, this.#at] = [node, share, now];
    return true;
  }
}
