import type { View } from './policy.js';

/** Run times that are kept: enough for a mean, few enough to follow a change. */
const kept = 50;
/** Fewer than this say nothing about the spread. */
const enough = 5;
const guessMs = 30_000;
/** Run times are known to about half a second. */
const marginMs = 500;

/** The latest run times, in ms. */
export class RecentTimes {
  #times: number[] = [];
  #sorted: readonly number[] = [];

  learn(ms: number): void {
    this.#times.push(ms);
    if (this.#times.length > kept) this.#times.shift();
    this.#sorted = [...this.#times].sort((a, b) => a - b);
  }

  /** Before anything has ended, a guess from the ages of running tasks. */
  meanMs({ tasks, now }: Pick<View, 'tasks' | 'now'>): number {
    const { length } = this.#times;
    if (length > 0) return this.#times.reduce((sum, ms) => sum + ms, 0) / length;
    return tasks.reduce(
      (most, { runningAt }) => Math.max(most, runningAt === null ? 0 : now - runningAt),
      guessMs,
    );
  }

  /** The longest; a guess while nothing has ended. */
  get longestMs(): number {
    return this.#sorted.at(-1) ?? guessMs;
  }

  /** The age at which tasks begin to end, and the mean time from then to their end. */
  ends(view: Pick<View, 'tasks' | 'now'>): { readonly firstMs: number; readonly restMs: number } {
    const { length } = this.#sorted;
    if (length < enough) return { firstMs: 0, restMs: this.meanMs(view) };
    const firstMs = Math.max(0, (this.#sorted[Math.floor(length / 20)] ?? 0) - marginMs);
    const rest = this.#sorted.reduce((sum, ms) => sum + Math.max(0, ms - firstMs), 0);
    return { firstMs, restMs: rest / length };
  }
}
