import type { Context } from '../context.js';
import { saysTooFast } from '../errors.js';

/** After so many failures in a row the queue status call is given up for the account call. */
const maxQueueFailures = 3;

/** Counts the account's tasks and compares the count with the tasks that are followed. */
export class TaskCounter {
  #counting = false;
  #queueFailures: number;
  /** The account's limit, as last reported. */
  #capacity: number | null = null;

  constructor(private readonly context: Context) {
    this.#queueFailures = context.options.room === null ? maxQueueFailures : 0;
  }

  /** A count is under way. */
  get counting(): boolean {
    return this.#counting;
  }

  async count(sentAt: number): Promise<void> {
    const { context } = this;
    const { creates, inFlight, slots } = context;
    this.#counting = true;
    // Taken before the request: creates and ends go on while the answer is awaited.
    const { begun, underWay, held } = creates;
    const { alive, found } = inFlight;
    const count = await this.#read().finally(() => {
      this.#counting = false;
    });
    if (context.stopReads.signal.aborted) return;
    const at = context.now;
    if (count === null) {
      inFlight.readUnanswered();
      context.slotsChanged(inFlight.count.failed(at));
      return;
    }
    inFlight.readAnswered(at);
    const started = underWay + (creates.begun - begun);
    const change = inFlight.count.read({
      count,
      atLeast: Math.max(0, alive - (inFlight.found - found)),
      atMost: alive + started + held,
      sentAt,
      at,
    });
    if (change.freed === 0 && change.others === 0) slots.confirmed(sentAt, context.now);
    else context.slotsChanged(change);
    if (this.#capacity !== null) slots.reported(this.#capacity - inFlight.count.others);
  }

  /** By the queue status call, which also reports the account's limit, as long as it answers. */
  async #read(): Promise<number | null> {
    const { edges, stopReads, readBudget } = this.context;
    const { signal } = stopReads;
    if (this.#queueFailures < maxQueueFailures) {
      const answer = await edges.service.queue(signal);
      if (answer.is === 'known' && answer.total !== null) {
        this.#queueFailures = 0;
        this.#capacity = answer.limit;
        return answer.total;
      }
      if (answer.is === 'failed' && saysTooFast(answer.fault)) readBudget.tooFast(this.context.now);
      this.#queueFailures += 1;
    }
    const answer = await edges.service.account(signal);
    if (answer.is === 'failed' && saysTooFast(answer.fault)) readBudget.tooFast(this.context.now);
    return answer.is === 'known' ? answer.tasksInFlight : null;
  }
}
