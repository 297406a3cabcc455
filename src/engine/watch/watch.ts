import type { Context } from '../context.js';
import type { LiveProgress } from '../live.js';
import type { Settler } from '../settle/settle.js';
import { TaskReader } from './ask-task.js';
import { TaskCounter } from './count-tasks.js';
import { factsOf } from './in-flight.js';
import type { NextRead, View } from './policy.js';

/** Reads under way at once. */
const readsAtOnce = 16;

/**
 * Finds out when tasks end, by the account's count and by asking for single tasks. The policy
 * chooses the next read and its time, and the request budget bounds how many there are.
 */
export class Watch {
  readonly #counter: TaskCounter;
  readonly #reader: TaskReader;
  #underWay = 0;
  #closed = false;
  /** What a read rejected with. The loop ends with it. */
  readonly #broken: unknown[] = [];

  constructor(
    private readonly context: Context,
    settler: Settler,
    live: LiveProgress,
  ) {
    this.#counter = new TaskCounter(context);
    this.#reader = new TaskReader(context, settler, live);
  }

  close(): void {
    this.#closed = true;
    this.context.inFlight.changed.notify();
  }

  /** Runs until closed. Rejects when the journal or the settler fails. */
  async run(): Promise<void> {
    const { context } = this;
    const { changed } = context.inFlight;
    while (!this.#closed && this.#broken.length === 0) {
      const { now } = context;
      const freeAt = context.readBudget.freeAt(now);
      // What to read next is worth asking only when a read may go out: each answer asks again.
      if (this.#underWay >= readsAtOnce) await changed.wait(null);
      else if (freeAt > now) await changed.wait(freeAt);
      else {
        const next = this.#next(now);
        if (next === null) await changed.wait(null);
        else if (next.at > now) await changed.wait(next.at);
        else this.#start(next, now);
      }
    }
    if (this.#broken.length > 0) throw this.#broken[0];
  }

  #next(now: number): NextRead | null {
    const { inFlight, options } = this.context;
    if (inFlight.size === 0) return null;
    let soonest = options.policy.next(this.#view(now));
    for (const entry of inFlight.entries()) {
      const at = entry.asking ? null : (entry.fixedAt ?? this.#reader.timeoutAt(entry));
      if (at !== null && (soonest === null || at < soonest.at))
        soonest = { at, ask: { is: 'task', taskId: entry.task.taskId } };
    }
    return soonest;
  }

  #view(now: number): View {
    const { inFlight, slots, readBudget, runsWaiting } = this.context;
    const { count, events } = inFlight;
    return {
      now,
      tasks: inFlight
        .entries()
        .filter(({ ended }) => !ended)
        .map(factsOf),
      count: count.usable(now)
        ? {
            reading: this.#counter.counting,
            proven: count.proven,
            others: count.others,
            readAt: count.readAt,
            unaccounted: count.unaccounted,
            oldestUnaccountedAt: count.oldestUnaccountedAt,
            newestUnaccountedAt: count.newestUnaccountedAt,
          }
        : null,
      announced: events.reliable,
      limitUncertain: slots.limitUncertain,
      runsWaiting,
      requestsPerSecond: readBudget.perSecond(now),
    };
  }

  #start({ ask }: NextRead, now: number): void {
    const { inFlight, readBudget } = this.context;
    readBudget.spend(now);
    this.#underWay += 1;
    const read = ask.is === 'count' ? this.#counter.count(now) : this.#reader.ask(ask.taskId);
    read
      .catch((cause: unknown) => this.#broken.push(cause))
      .finally(() => {
        this.#underWay -= 1;
        inFlight.changed.notify();
      });
  }
}
