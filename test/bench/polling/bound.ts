import { draws } from './draws.js';
import { percent } from '../table.js';
import type { Scenario } from './scenario.js';
import { readsPerSecond } from './scenario.js';

const readsPerRun = 10;

/**
 * The best that any policy can do with this budget, where slots and run times do not change and
 * the count is right: one poll per run fetches the outputs, the others are readings of the
 * count at a rate r, after which an end is known 1/2r later on average; then the round trip
 * of the answer and of the next create. For one slot alone it is A²/2K of the run time's density.
 */
export const bound = (scenario: Scenario): string => {
  const { slots, queue, foreign } = scenario;
  const special = scenario.account !== undefined || scenario.countLagMs !== undefined;
  if (typeof slots !== 'number' || queue !== undefined || foreign !== undefined || special)
    return '';
  const times = sample(scenario);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const perSecond = readsPerSecond(scenario);
  const affordable = Math.min(readsPerRun, (perSecond * mean) / 1000 / slots);
  const trip = scenario.roundTripMs ?? 100;
  if (slots === 1) return percent(mean / (mean + trip + alone(times, affordable)));
  const counts = affordable - 1;
  if (counts <= 0) return 'reads';
  const rate = (counts * slots) / mean;
  return percent(mean / (mean + trip + 1 / (2 * rate)));
};

const sample = ({ runMs }: Scenario): number[] =>
  Array.from({ length: 20_000 }, (_, n) => runMs(n % 400, draws(n + 1), n)).sort((a, b) => a - b);

/** A²/2K by histogram: A = ∫√(f·S). */
const alone = (sorted: readonly number[], polls: number): number => {
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  const bins = 60;
  const width = (most - least) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const ms of sorted) {
    const bin = Math.min(bins - 1, Math.floor((ms - least) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  let left = sorted.length;
  let area = 0;
  for (const count of counts) {
    const density = count / sorted.length / width;
    area += Math.sqrt((density * (left - count / 2)) / sorted.length) * width;
    left -= count;
  }
  return area ** 2 / (2 * polls);
};
