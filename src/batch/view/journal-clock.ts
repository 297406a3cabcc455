import type { Clock } from '../../edges/clock.js';

/** The time of the batch that is watched, which may be an emulator's: told by its last record. */
export class JournalClock implements Clock {
  #seenAt: number;

  constructor(
    private readonly clock: Clock,
    private at: number,
  ) {
    this.#seenAt = clock.now();
  }

  is(at: number): void {
    this.at = Math.max(at, this.at);
    this.#seenAt = this.clock.now();
  }

  now(): number {
    return this.at + this.clock.now() - this.#seenAt;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.clock.sleep(ms, signal);
  }
}
