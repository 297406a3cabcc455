import type { AttemptRecord, BatchState } from '../journal/state.js';
import type { Decimal } from './decimal.js';
import { addDecimals, formatDecimal, parseDecimal, share } from './decimal.js';
import type { Estimate } from './plan.js';

/** Which past tasks tell about the runs to come. */
export interface EstimateFor {
  /** Its id: another target's past says nothing. */
  readonly target: string;
  readonly instance: string | null;
  /** How many runs will be submitted. */
  readonly runs: number;
  readonly concurrency: number | 'auto';
}

/**
 * Time and coins of the runs to come, from the tasks of this batch that succeeded: the median
 * run time (one slow task says little about the next), the mean price (a sum follows the mean).
 */
export const estimate = (history: BatchState, wanted: EstimateFor): Estimate => {
  const tasks = history.target === wanted.target ? succeeded(history, wanted.instance) : [];
  const times = tasks.flatMap((task) => runTime(task) ?? []).sort((a, b) => a - b);
  const median = middle(times);
  if (median === null) return { observations: 0, wallTimeMs: null, taskTimeMs: null, coins: null };
  const slots = wanted.concurrency === 'auto' ? Math.max(1, mostAtOnce(tasks)) : wanted.concurrency;
  return {
    observations: times.length,
    wallTimeMs: Math.round(median * Math.ceil(wanted.runs / slots)),
    taskTimeMs: Math.round(median * wanted.runs),
    coins: coinsOf(tasks, wanted.runs),
  };
};

const succeeded = (history: BatchState, instance: string | null): AttemptRecord[] => {
  const found: AttemptRecord[] = [];
  for (const { inputs, attempts } of history.runs.values()) {
    const base = history.bases.get(inputs.base);
    if (base !== undefined && (base.instance ?? 'default') !== (instance ?? 'default')) continue;
    for (const attempt of attempts) if (attempt.end.is === 'succeeded') found.push(attempt);
  }
  return found;
};

/** As observed, or as the service counts it: the observed one is finer, but misses tasks seen late. */
const runTime = ({ runningAt, settledAt, cost }: AttemptRecord): number | null => {
  if (runningAt !== null && settledAt !== null && settledAt > runningAt)
    return settledAt - runningAt;
  return cost?.taskTimeMs ?? null;
};

const middle = (sorted: readonly number[]): number | null => {
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return low === undefined || high === undefined ? null : (low + high) / 2;
};

/** Tasks that ran side by side: what the account was seen to take. */
const mostAtOnce = (tasks: readonly AttemptRecord[]): number => {
  const steps = tasks
    .flatMap(({ acceptedAt, runningAt, settledAt }) => {
      const from = runningAt ?? acceptedAt;
      if (from === null || settledAt === null || settledAt <= from) return [];
      return [
        { at: from, by: 1 },
        { at: settledAt, by: -1 },
      ];
    })
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
};

const coinsOf = (tasks: readonly AttemptRecord[], runs: number): string | null => {
  let sum: Decimal = { units: 0n, scale: 0 };
  let count = 0;
  for (const { cost } of tasks) {
    const coins = cost?.coins == null ? null : parseDecimal(cost.coins);
    if (coins === null) continue;
    sum = addDecimals(sum, coins);
    count += 1;
  }
  return count === 0 ? null : formatDecimal(share(sum, runs, count, sum.scale));
};
