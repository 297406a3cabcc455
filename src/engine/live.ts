import type { Clock } from '../edges/clock.js';
import type { LiveEvent } from '../journal/event.js';
import type { Plan } from '../plan/plan.js';
import type { RunId, TaskId } from '../values/ids.js';
import type { Sockets } from './edges.js';

/** Sockets open at once; the runs beyond are shown without their steps. */
const socketsAtOnce = 8;
/** Steps come many times a second, and nodes from a cache nearly at once; nobody reads that fast. */
const stepEveryMs = 500;
const nodeEveryMs = 100;

interface Open {
  close(): void;
}

/**
 * Shows what running tasks do, for as long as their sockets tell. Nothing rests on it: a socket
 * that fails is not opened again, nothing is recorded, and an end that is told is a hint.
 */
export class LiveProgress {
  /** By task; null: its socket is gone, and stays so. */
  readonly #sockets = new Map<TaskId, Open | null>();
  #open = 0;

  constructor(
    private readonly workflow: Plan['workflow'],
    private readonly edges: {
      readonly sockets?: Sockets;
      readonly clock: Clock;
      readonly show: (event: LiveEvent) => void;
    },
    private readonly over: (taskId: TaskId) => void,
  ) {}

  /** An answer said that the task runs and where its socket is. */
  readonly follow = (
    { run, taskId }: { readonly run: { readonly id: RunId }; readonly taskId: TaskId },
    url: string,
  ): void => {
    const { sockets } = this.edges;
    if (sockets === undefined || this.#sockets.has(taskId) || this.#open >= socketsAtOnce) return;
    const steps = new Steps(this.edges.clock);
    let closed = false;
    this.#open += 1;
    const socket = sockets.open(
      url,
      (news) => {
        if (closed) return;
        if (news.is === 'over') this.over(taskId);
        else if (steps.isNews(news.node, news.share)) {
          const { node } = news;
          const percent = news.share === null ? null : Math.round(100 * news.share);
          const title = this.#titleOf(node);
          this.edges.show({ type: 'progress', run: run.id, taskId, node, title, percent });
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
  };

  /** The task has ended. */
  readonly forget = (taskId: TaskId): void => {
    const socket = this.#sockets.get(taskId);
    this.#sockets.delete(taskId);
    socket?.close();
  };

  close(): void {
    for (const taskId of [...this.#sockets.keys()]) this.forget(taskId);
  }

  #titleOf(node: string): string | null {
    const known = this.workflow.nodes.get(node);
    return known?.title ?? known?.classType ?? null;
  }
}

/** Lets through what differs from what was shown last, not too often. */
class Steps {
  #node: string | null = null;
  #share: number | null = null;
  #at = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  isNews(node: string, share: number | null): boolean {
    const now = this.clock.now();
    const same = node === this.#node;
    if (same && share === this.#share) return false;
    if (now - this.#at < (same ? stepEveryMs : nodeEveryMs)) return false;
    [this.#node, this.#share, this.#at] = [node, share, now];
    return true;
  }
}
