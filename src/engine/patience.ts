/** Time between two looks that counts at most: what is longer, this process slept. */
const awakeMs = 60_000;
/** A longer gap is a sleep: after waking, the service is asked anew before it counts as down. */
const sleepMs = 120_000;
const triesAfterWaking = 5;

/**
 * How long a silent service is waited for. It counts time in which this process was awake, and
 * tries: a laptop whose lid was shut for hours, or a stopped process, has not waited at all.
 */
export class Patience {
  #goodAt: number | null = null;
  #lookedAt: number | null = null;
  #waitedMs = 0;
  /** Tries before the last sleep do not count. */
  #triesBefore = 0;

  constructor(private readonly limitMs: number) {}

  /**
   * To be called every few seconds. `goodAt`: when the service last was as it should be, any
   * number that changes with it; `tries`: how often it was asked in vain since then.
   * @returns whether the patience is over.
   */
  over(now: number, goodAt: number, tries: number): boolean {
    const gap = this.#lookedAt === null ? 0 : Math.max(0, now - this.#lookedAt);
    this.#lookedAt = now;
    if (goodAt !== this.#goodAt) {
      this.#goodAt = goodAt;
      this.#waitedMs = 0;
      this.#triesBefore = 0;
    }
    this.#waitedMs += Math.min(gap, awakeMs);
    if (gap > sleepMs) this.#triesBefore = tries;
    return this.#waitedMs > this.limitMs && tries - this.#triesBefore >= triesAfterWaking;
  }

  /** Nothing is waited for. */
  rest(now: number): void {
    this.#lookedAt = now;
    this.#waitedMs = 0;
    this.#triesBefore = 0;
    this.#goodAt = null;
  }
}
