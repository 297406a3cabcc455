import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runTimes } from '../../src/engine/run-times.js';
import { draws, logNormal } from '../bench/polling/draws.js';

const learned = (count: number, of: (n: number, random: () => number) => number, seed = 1) => {
  const times = runTimes();
  const random = draws(seed);
  for (let n = 0; n < count; n += 1) times.learn(of(n, random));
  return times;
};
const alive = (times: ReturnType<typeof runTimes>, ms: number): number =>
  Math.exp(-times.risk.at(ms));

test('the survival of a known distribution is found from 70 ends', () => {
  const times = learned(200, logNormal(30_000, 0.4));
  expect(alive(times, 10_000)).toBeGreaterThan(0.95);
  expect(alive(times, 30_000)).toBeGreaterThan(0.35);
  expect(alive(times, 30_000)).toBeLessThan(0.65);
  expect(alive(times, 80_000)).toBeLessThan(0.05);
});

test('two clusters stay two: few end between them', () => {
  const times = learned(100, (n) => (n % 2 === 0 ? 15_000 : 60_000));
  const between = times.hazard(30_000);
  expect(times.hazard(15_500)).toBeGreaterThan(5 * between);
  expect(times.hazard(62_000)).toBeGreaterThan(5 * between);
});

test('a task that still runs is information', () => {
  const times = learned(3, () => 30_000);
  const before = times.hazard(30_000);
  times.running([120_000, 120_000, 120_000]);
  expect(times.hazard(30_000)).toBeLessThan(before / 1.5);
});

test('a change of speed is followed', () => {
  const times = learned(300, (n) => (n < 200 ? 60_000 : 10_000));
  expect(alive(times, 14_000)).toBeLessThan(0.4);
});

test('sums grow with age, and their inverse leads back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3_600_000 }), { maxLength: 30 }),
      fc.integer({ min: 0, max: 7_200_000 }),
      fc.integer({ min: 1, max: 600_000 }),
      (ends, age, more) => {
        const times = runTimes();
        for (const ms of ends) times.learn(ms);
        for (const growth of [times.risk, times.polls]) {
          expect(growth.at(age + more)).toBeGreaterThan(growth.at(age));
          expect(growth.ageOf(growth.at(age))).toBeCloseTo(age, 0);
        }
        expect(times.meanMs).toBeGreaterThan(0);
        expect(times.root).toBeGreaterThan(0);
      },
    ),
  );
});
