import { expect, test } from 'vitest';
import { scenarios } from '../bench/polling/scenarios.js';
import { score } from '../bench/polling/score.js';

/**
 * The short form of the forecast's bench: virtual time, no history. The largest error of the
 * time that is left, after a tenth, a half and nine tenths of the runs, and of the coins in all.
 */
const most: readonly (readonly [string, readonly [number, number, number], number])[] = [
  ['5 slots', [0.15, 0.15, 0.25], 0.15],
  ['constant 30 s', [0.1, 0.1, 0.1], 0.01],
  ['two sizes, 15 s and 60 s', [0.15, 0.15, 0.15], 0.05],
  ['queue of 10', [0.25, 0.15, 0.2], 0.15],
  ['storm of 421 for 2 min', [0.25, 0.15, 0.25], 0.15],
  ['count refused', [0.2, 0.15, 0.25], 0.15],
];

test.each(most)('%s: what is said to be left comes true', async (name, times, coins) => {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const scores = await score(scenario, 1);
  expect(scores).toHaveLength(times.length);
  for (const [at, limit] of times.entries()) {
    expect(Math.abs(scores[at]?.time ?? 1)).toBeLessThanOrEqual(limit);
    expect(Math.abs(scores[at]?.coins ?? 1)).toBeLessThanOrEqual(coins);
  }
});
