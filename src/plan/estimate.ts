import type { AttemptRecord, BatchState } from '../journal/state.js';
import type { Durations } from '../forecast/durations.js';
import { forecast } from '../forecast/forecast.js';
import type { Mix } from '../forecast/mix.js';
import type { Estimate } from './plan.js';

/** Time and coins of the runs to come. `history`: how many tasks ran side by side so far. */
export const estimate = (
  known: Durations,
  pending: Mix,
  concurrency: number | 'auto',
  history: BatchState,
): Estimate => {
  const slots = concurrency === 'auto' ? Math.max(1, mostAtOnce(history)) : concurrency;
  const made = forecast(known, pending, [], slots);
  if (made === null) return { observations: 0, wallTimeMs: null, taskTimeMs: null, coins: null };
  return {
    observations: made.observations,
    wallTimeMs: Math.round(made.wallTimeMs),
    taskTimeMs: Math.round(made.taskTimeMs),
    coins: made.coins === null ? null : String(Number(made.coins.toFixed(2))),
  };
};

/** Tasks that ran side by side: what the account was seen to take. */
const mostAtOnce = ({ runs }: BatchState): number => {
  const tasks: AttemptRecord[] = [...runs.values()].flatMap(({ attempts }) => attempts);
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
