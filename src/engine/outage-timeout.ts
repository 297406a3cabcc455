/** Between two checks at most this much time counts: in a longer gap the process slept. */
const maxGapMs = 60_000;
/** After a longer gap the machine has slept: the service is asked again before it counts as down. */
const sleepMs = 120_000;
const triesAfterSleep = 5;

/**
 * A timeout for a service that does not answer. It counts tries and the time in which this process
 * was awake, so hours of sleep of a laptop or a stopped process do not count.
 */
export class OutageTimeout {
  #goodAt: number | null = null;
  #checkedAt: number | null = null;
  #waitedMs = 0;
  /** Tries before the last sleep do not count. */
  #triesBefore = 0;

  constructor(private readonly limitMs: number) {}

  /**
   * To be called every few seconds. `goodAt`: when the service last worked, or any number that
   * changes with it. `tries`: failed requests since then.
   * @returns whether the timeout has passed.
   */
  expired(now: number, goodAt: number, tries: number): boolean {
    const gap = this.#checkedAt === null ? 0 : Math.max(0, now - this.#checkedAt);
    this.#checkedAt = now;
    if (goodAt !== this.#goodAt) {
      this.#goodAt = goodAt;
      this.#waitedMs = 0;
      this.#triesBefore = 0;
    }
    this.#waitedMs += Math.min(gap, maxGapMs);
    if (gap > sleepMs) this.#triesBefore = tries;
    return this.#waitedMs > this.limitMs && tries - this.#triesBefore >= triesAfterSleep;
  }

  /** No answer is missing. */
  reset(now: number): void {
    this.#checkedAt = now;
    this.#waitedMs = 0;
    this.#triesBefore = 0;
    this.#goodAt = null;
  }
}
