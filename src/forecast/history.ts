import type { BatchState } from '../journal/state.js';

/** What past tasks of this batch tell about the next ones. */
export interface History {
  /** Run times in ms, newest last, at most `kept`. */
  readonly runMs: readonly number[];
  readonly shortestRunMs: number | null;
  readonly meanCoins: number | null;
  readonly meanMoney: number | null;
  readonly meanTaskTimeMs: number | null;
}

const kept = 400;

/** Reads the attempts that succeeded; how soon a task can end the failed ones tell, too. */
export const historyOf = (state: BatchState): History => {
  const runMs: number[] = [];
  const coins: number[] = [];
  const money: number[] = [];
  const taskTime: number[] = [];
  let shortest: number | null = null;
  for (const record of state.runs.values())
    for (const attempt of record.attempts) {
      if (attempt.end.is !== 'succeeded' && attempt.end.is !== 'failed') continue;
      const seen = durations(
        attempt.runningAt,
        attempt.settledAt,
        attempt.cost?.taskTimeMs ?? null,
      );
      for (const ms of seen) shortest = Math.min(shortest ?? ms, ms);
      if (attempt.end.is === 'failed') continue;
      const typical = seen.at(-1);
      if (typical !== undefined) push(runMs, typical);
      if (attempt.cost?.coins != null) push(coins, Number(attempt.cost.coins));
      if (attempt.cost?.money != null) push(money, Number(attempt.cost.money));
      if (attempt.cost?.taskTimeMs != null) push(taskTime, attempt.cost.taskTimeMs);
    }
  return {
    runMs,
    shortestRunMs: shortest,
    meanCoins: mean(coins),
    meanMoney: mean(money),
    meanTaskTimeMs: mean(taskTime),
  };
};

/** Both readings of one run time: the service's own (whole seconds) and the observed one. */
export const durations = (
  runningAt: number | null,
  settledAt: number | null,
  taskTimeMs: number | null,
): number[] => {
  const readings: number[] = [];
  if (taskTimeMs !== null) readings.push(taskTimeMs);
  if (runningAt !== null && settledAt !== null) readings.push(settledAt - runningAt);
  return readings;
};

const push = (list: number[], value: number): void => {
  if (!Number.isFinite(value)) return;
  list.push(value);
  if (list.length > kept) list.shift();
};

const mean = (list: readonly number[]): number | null =>
  list.length === 0 ? null : list.reduce((sum, value) => sum + value, 0) / list.length;
