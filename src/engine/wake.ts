import type { Clock } from '../edges/clock.js';

/**
 * A condition variable for one waiter: what happened before the wait is not missed.
 * The loop waits; everything that may change its mind notifies.
 */
export class Wake {
  #notified = false;
  #waiter: AbortController | null = null;

  constructor(private readonly clock: Clock) {}

  notify(): void {
    this.#notified = true;
    // With a reason of its own: the usual one is an error with a stack, made at every turn.
    this.#waiter?.abort('notified');
  }

  /** Until notified, or `until` (ms since the epoch; null: no limit). */
  async wait(until: number | null): Promise<void> {
    if (!this.#notified) {
      this.#waiter = new AbortController();
      await (until === null
        ? aborted(this.#waiter.signal)
        : this.clock.sleep(until - this.clock.now(), this.#waiter.signal));
      this.#waiter = null;
    }
    this.#notified = false;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
