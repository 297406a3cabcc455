/** What a policy may know of a task that is in flight. Times in ms since the epoch. */
export interface TaskFacts {
  readonly acceptedAt: number;
  /** First time it was seen RUNNING; null while it is queued. */
  readonly runningAt: number | null;
  /** How often it was asked for. */
  readonly polls: number;
}

/** Decides when a task is asked for next. Passed in, so that a better one replaces it whole. */
export interface PollPolicy {
  nextAt(task: TaskFacts, now: number): number;
  /** A task of this batch was seen to end after this many ms of run time. */
  learn(runMs: number): void;
}

const minPeriodMs = 1_000;
const maxPeriodMs = 30_000;

/**
 * Waits for most of the median run time seen so far, then asks at a twelfth of it; while
 * nothing is known, at a tenth of the task's age. Old tasks decay to one request in 30 s.
 */
export const steadyPolicy = (known: readonly number[]): PollPolicy => {
  const seen = [...known].sort((a, b) => a - b).slice(0, 1000);
  return {
    nextAt: ({ acceptedAt, runningAt }, now) => {
      const age = now - (runningAt ?? acceptedAt);
      const median = seen[Math.floor(seen.length / 2)];
      if (runningAt === null || median === undefined)
        return now + clamp(age / 10, minPeriodMs, maxPeriodMs);
      const earliest = runningAt + 0.7 * median;
      if (now < earliest - minPeriodMs) return earliest;
      const late = Math.max(0, age - 2 * median);
      return now + clamp(median / 12 + late / 10, minPeriodMs, maxPeriodMs);
    },
    learn: (runMs) => {
      const at = seen.findIndex((other) => other >= runMs);
      seen.splice(at === -1 ? seen.length : at, 0, runMs);
      // Bounded and never stuck in the past: the two extremes make room.
      if (seen.length > 400) {
        seen.shift();
        seen.pop();
      }
    },
  };
};

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
