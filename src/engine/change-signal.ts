import type { Clock } from '../edges/clock.js';

/**
 * Lets one loop wait for changes. A change that is notified before the wait begins ends it at
 * once, so none is missed.
 */
export class ChangeSignal {
  #notified = false;
  #waiter: AbortController | null = null;

  constructor(private readonly clock: Clock) {}

  notify(): void {
    this.#notified = true;
    // The default reason is an error with a stack, which costs time on every change.
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
