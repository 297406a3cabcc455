import type { Durations } from './durations.js';
import type { Mix } from './mix.js';

/** What is still to come of a batch. */
export interface Forecast {
  /** Tasks of this workflow and machine that it rests on. */
  readonly observations: number;
  readonly wallTimeMs: number;
  readonly taskTimeMs: number;
  /** null: the service told no prices. */
  readonly coins: number | null;
}

/** A task in flight: for how long it has run, and its value on the axis that tells. */
export interface Flying {
  readonly ageMs: number;
  readonly value: string | undefined;
}

/**
 * Time and coins until the last of these runs has ended; null: no such task was ever seen.
 *
 * Work over slots, as long as there is work for all of them. How a batch ends (slots that run
 * dry one after the other, the slowest of the last few) is played through with run times spread
 * as those seen, since neither the mean nor the sum tells it.
 */
export const forecast = (
  known: Durations,
  waiting: Mix,
  flying: readonly Flying[],
  /** How many tasks run side by side, on average. */
  slots: number,
): Forecast | null => {
  const any = known.typical(undefined);
  if (any === null) return null;
  const groups = waiting.groups(known.axis).flatMap(([value, count]) => {
    const { ms, coins } = known.typical(value) ?? any;
    return count > 0 ? [{ ms, coins, count }] : [];
  });
  // The oldest first: the service runs them in their order, and what has no slot yet queues there.
  const byAge = [...flying].sort((a, b) => b.ageMs - a.ageMs);
  const left = byAge.map(({ ageMs, value }) => {
    const { ms } = known.typical(value) ?? any;
    // One that runs longer than most will run on for a while: nobody knows for how long.
    return Math.max(ms - ageMs, leastLeft * ms);
  });
  const waitingMs = sum(groups.map(({ ms, count }) => ms * count));
  const tasks = sum(groups.map(({ count }) => count)) + left.length;
  // More than there are tasks help none; and where the service told nonsense, so may the mean.
  const used = slots > 1 ? Math.min(slots, Math.max(1, tasks)) : 1;
  const prices = [
    ...groups.map(({ coins, count }) => (coins === null ? null : coins * count)),
    ...flying.map(({ value }) => (known.typical(value) ?? any).coins),
  ];
  return {
    observations: known.count,
    taskTimeMs: waitingMs + sum(left),
    wallTimeMs: wallTime(groups, left, used, known.spread),
    coins: any.coins === null ? null : sum(prices.map((price) => price ?? 0)),
  };
};

/** Of its expected time, at least so much is left of a task that still runs. */
const leastLeft = 0.15;
/** So many rounds of all slots are played through, within bounds; what is before them is divided. */
const playedRounds = 6;
const mostPlayed = 600;
const plays = 5;

interface Kind {
  readonly ms: number;
  readonly count: number;
}

const wallTime = (
  kinds: readonly Kind[],
  left: readonly number[],
  slots: number,
  spread: number,
): number => {
  const count = sum(kinds.map((kind) => kind.count));
  const whole = Math.max(1, Math.round(slots));
  const last = Math.min(count, mostPlayed, playedRounds * whole);
  const work = sum(kinds.map(({ ms, count: runs }) => ms * runs));
  const share = count === 0 ? 0 : last / count;
  const times = kinds.flatMap(({ ms, count: runs }) =>
    quantiles(ms, spread, Math.round(runs * share)),
  );
  const before = Math.max(0, work - sum(times));
  const [running, queued] = [left.slice(0, whole), left.slice(whole)];
  const ends = Array.from({ length: plays }, (_, play) =>
    end([...queued, ...shuffled(times, play)], running, whole),
  );
  return (before / whole + sum(ends) / plays) * (whole / slots);
};

/** Of a log-normal distribution with this mean: `count` values, each as likely as the others. */
const quantiles = (mean: number, spread: number, count: number): number[] => {
  const values = Array.from({ length: count }, (_, at) =>
    Math.exp(spread * normalQuantile((at + 0.5) / count)),
  );
  const scale = count === 0 ? 0 : (mean * count) / sum(values);
  return values.map((value) => value * scale);
};

/** Within 0.02 of the true one between the percentiles 0.1 and 99.9 (by the logistic curve). */
const normalQuantile = (share: number): number => Math.log(share / (1 - share)) / 1.702;

/** When the last of them ends, each taken up by the slot that is free first. */
const end = (times: readonly number[], left: readonly number[], slots: number): number => {
  const free = [...left, ...new Array<number>(Math.max(0, slots - left.length)).fill(0)];
  for (const ms of times) {
    let first = 0;
    for (const [at, time] of free.entries()) if (time < (free[first] ?? 0)) first = at;
    free[first] = (free[first] ?? 0) + ms;
  }
  return Math.max(0, ...free);
};

/** The same order for the same `seed`. */
const shuffled = (times: readonly number[], seed: number): number[] => {
  const result = [...times];
  let state = seed + 1;
  for (let at = result.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    [result[at], result[other]] = [result[other] ?? 0, result[at] ?? 0];
  }
  return result;
};

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
