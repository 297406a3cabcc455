import type { Random } from '../../edges/random.js';

const firstGapMs = 500;
const longestGapMs = 30_000;
/** Below this the usual rate of creates is slower anyway. */
const shortestGapMs = 200;
const quicker = 0.7;

/**
 * The distance between creates. When the service says that requests come too fast, or that it is
 * busy, the next create waits and later ones keep a distance, which shrinks with every create
 * that is accepted.
 */
export class Pace {
  #gapMs = 0;
  #lastAt = 0;
  #pausedUntil = 0;
  #slowedAt = 0;

  constructor(private readonly random: Random) {}

  /** No create before this time. */
  get nextAt(): number {
    return Math.max(this.#pausedUntil, this.#lastAt + this.#gapMs);
  }

  /** The service said so again although creates were slowed down already. */
  get insists(): boolean {
    return this.#gapMs > firstGapMs;
  }

  sent(at: number): void {
    this.#lastAt = at;
  }

  /** `sentAt`: of the create that was accepted. */
  accepted(sentAt: number): void {
    if (sentAt < this.#slowedAt) return;
    const gapMs = this.#gapMs * quicker;
    this.#gapMs = gapMs < shortestGapMs ? 0 : gapMs;
  }

  /** `sentAt`: of the create that was refused. Creates that were pending together count once. */
  slower(sentAt: number, now: number, retryAfterMs: number | null): void {
    if (sentAt >= this.#slowedAt) {
      this.#slowedAt = now;
      this.#gapMs = Math.min(longestGapMs, Math.max(firstGapMs, this.#gapMs * 2));
      this.#pausedUntil = now + this.#gapMs * (1 + this.random());
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + (retryAfterMs ?? 0));
  }
}
