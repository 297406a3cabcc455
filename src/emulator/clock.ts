import type { Clock } from '../edges/clock.js';

/** Service time: real time, faster, and put forward by hand. Never goes back. */
export class ServiceClock {
  #base: number;
  readonly #since: number;

  constructor(
    private readonly speed: number,
    /** What passes for real time. */
    readonly real: Clock,
  ) {
    this.#since = real.now();
    this.#base = this.#since;
  }

  /** ms since the epoch, as the service would say it. */
  now(): number {
    return this.#base + (this.real.now() - this.#since) * this.speed;
  }

  advance(ms: number): void {
    this.#base += Math.max(0, ms);
  }

  /** Goes on from a time that an earlier process has seen. */
  resume(at: number): void {
    const behind = at - this.now();
    if (behind > 0) this.#base += behind;
  }

  /** Real ms between two looks at what time does; often, where it is put forward by hand. */
  lookMs(serviceMs: number): number {
    return this.speed > 0 ? Math.min(1_000, Math.max(5, serviceMs / this.speed)) : 5;
  }

  /** Service ms as ms of real waiting. */
  realMs(ms: number): number {
    return this.speed > 0 ? ms / this.speed : Number.POSITIVE_INFINITY;
  }
}

/** Ids as the service gives them: 19 digits, growing, never exact as a double. */
export class Ids {
  #last = 0n;

  next(now: number): string {
    // Milliseconds since 2010-11-04 above 22 bits, odd, as snowflake ids are.
    const fresh = (BigInt(Math.floor(now) - 1_288_834_974_657) << 22n) | 1n;
    this.#last = fresh > this.#last ? fresh : this.#last + 2n;
    return String(this.#last);
  }

  seen(id: string): void {
    if (BigInt(id) > this.#last) this.#last = BigInt(id);
  }
}
