import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Spreadable } from '../../src/plan/runs/spread.js';
import { spreadOrder } from '../../src/plan/runs/spread.js';
import { projects } from '../support/opened.js';

const project = projects();

const grid = (sizes: readonly number[]): readonly Spreadable[] =>
  sizes
    .reduce<readonly (readonly number[])[]>(
      (lines, size) =>
        lines.flatMap((line) => Array.from({ length: size }, (_, value) => [...line, value])),
      [[]],
    )
    .map((line) => ({
      repeat: 0,
      values: new Map(line.map((value, axis) => [`axis ${axis}`, String(value)])),
    }));

/** For each beginning of the order: how far the worst value is from its share, in runs. */
const unevenness = (runs: readonly Spreadable[], order: readonly number[]): number[] => {
  const all = new Map<string, number>();
  const keys = ({ values }: Spreadable): string[] => [...values].map((pair) => pair.join('='));
  for (const run of runs) for (const key of keys(run)) all.set(key, (all.get(key) ?? 0) + 1);
  const come = new Map<string, number>();
  return order.map((place, at) => {
    for (const key of keys(runs[place]!)) come.set(key, (come.get(key) ?? 0) + 1);
    const part = (at + 1) / runs.length;
    return Math.max(...[...all].map(([key, n]) => Math.abs((come.get(key) ?? 0) - part * n)));
  });
};

const randomOrders = (length: number, random: () => number): number[][] =>
  Array.from({ length: 20 }, () =>
    Array.from({ length }, (_, at) => ({ at, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ at }) => at),
  );

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

const sizes = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 2, maxLength: 4 });

test('every run comes once, and the same runs come in the same order', () => {
  fc.assert(
    fc.property(sizes, fc.string(), (lengths, seed) => {
      const runs = grid(lengths);
      const order = spreadOrder(runs, seed);
      expect([...order].sort((a, b) => a - b)).toEqual([...runs.keys()]);
      expect(spreadOrder(runs, seed)).toEqual(order);
    }),
    { numRuns: 40 },
  );
});

test('no value of an axis is ever three runs away from its share', () => {
  fc.assert(
    fc.property(sizes, fc.string(), (lengths, seed) => {
      const runs = grid(lengths);
      expect(Math.max(...unevenness(runs, spreadOrder(runs, seed)))).toBeLessThan(3);
    }),
    { numRuns: 60 },
  );
});

test('each beginning is at least as even as random orders are on average', () => {
  // A generator of its own: the same numbers in every run of the test.
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (const lengths of [
    [3, 3, 3],
    [2, 5, 4],
    [6, 6],
    [4, 4, 4, 2],
  ]) {
    const runs = grid(lengths);
    const ours = unevenness(runs, spreadOrder(runs, 'batch'));
    const theirs = randomOrders(runs.length, random).map((order) => unevenness(runs, order));
    const onAverage = ours.map((_, at) => mean(theirs.map((one) => one[at]!)));
    for (const [at, one] of ours.entries()) expect(one).toBeLessThanOrEqual(onAverage[at]! + 1e-9);
    expect(mean(ours)).toBeLessThan(0.6 * mean(onAverage));
  }
});

const manifest = (more = ''): string => `
matrix: { style: [anime, oil, photo], light: [dawn, noon, night], KSampler.seed: [1, 2, 3] }
set: { Positive Prompt.text: "\${{ style }}, \${{ light }}" }
execution: { order: spread, concurrency: 1 }
${more}`;

test('what a budget pays for is an even sample, and the next apply goes on in the same order', async () => {
  const whole = await project({ manifest: manifest() });
  expect(await whole.apply()).toMatchObject({ exit: 0 });
  const sent = (p: typeof whole): string[] =>
    p.received().map((list) => list.map(({ fieldValue }) => String(fieldValue)).join('|'));
  const all = sent(whole);
  expect(new Set(all).size).toBe(27);

  const p = await project({ manifest: manifest('budget: { runs: 9 }') });
  for (const exit of [3, 3, 0]) expect(await p.apply()).toMatchObject({ exit });
  expect(sent(p)).toEqual(all);
  for (const value of ['anime', 'oil', 'photo', 'dawn', 'noon', 'night'])
    expect(all.slice(0, 9).filter((text) => text.includes(value))).toHaveLength(3);
  // Reports keep the order of the matrix.
  expect(p.results().map(({ index }) => index)).toEqual([...Array(27).keys()]);
});
