import { expect, test } from 'vitest';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { measure, mostReads } from '../bench/polling/scenario.js';
import { scenarios, tails } from '../bench/polling/scenarios.js';

/**
 * The short form of `npm run bench`: virtual time, the same numbers for the same seed on every
 * machine. The least utilisation, the most reads per run, the most rejected creates.
 */
const least: readonly (readonly [string, number, number, number])[] = [
  ['1 slot', 0.95, 9.5, 25],
  ['5 slots', 0.98, 10, 15],
  ['20 slots', 0.985, 7.5, 15],
  ['20 slots, 2 reads/s', 0.97, 3.6, 15],
  ['100 slots', 0.96, 7.5, 20],
  ['100 slots, 8 reads/s', 0.96, 3.5, 20],
  ['constant 30 s', 0.98, 10, 15],
  ['two sizes, 15 s and 60 s', 0.98, 10, 15],
  ['drifting, ×2.5, then ÷5', 0.975, 10, 20],
  ['every tenth takes 5 min', 0.98, 11, 15],
  ['video, 10 min', 0.98, 11, 40],
  ['queue of 10', 0.995, 10, 10],
  ['queue of 1000', 0.995, 10, 5],
  ['another program, 8 slots', 0.97, 10, 20],
  ['capacity 5, 2, 9', 0.6, 12, 40],
  ['capacity 5, 2, 9, told', 0.95, 12, 40],
  ['20 slots, told', 0.985, 7.5, 15],
  ['another program, told', 0.97, 10, 20],
  ['storm of 421 for 2 min', 0.9, 12, 60],
  ['count refused', 0.94, 10, 20],
  ['count 5 s old', 0.94, 10, 40],
  ['count always 0', 0.94, 10, 60],
  ['count always 5', 0.9, 10, 40],
  ['2 % HTTP 500', 0.97, 10, 15],
  ['run time told × 0.8', 0.975, 10.5, 15],
  ['run time told × 0.05', 0.975, 10.5, 15],
  ['run time told as 0', 0.975, 10.5, 15],
  ['run time not told', 0.975, 10.5, 15],
  ['run time told in s for ms', 0.975, 10.5, 15],
];

test.each(least)('%s: %d of the slot time is used', async (name, utilisation, reads, rejected) => {
  const whole = scenarios[name] ?? fail();
  // Half of the benchmark's thousand runs fill 20 slots 25 times.
  const scenario = whole.slots === 20 ? { ...whole, runs: whole.runs / 2 } : whole;
  const measured = await measure(scenario, steadyPolicy());
  expect(measured.done).toBe(scenario.runs);
  expect(measured.utilisation).toBeGreaterThanOrEqual(utilisation);
  expect(measured.readsPerRun).toBeLessThanOrEqual(reads);
  expect(measured.rejected).toBeLessThanOrEqual(rejected);
  expect(measured.peak).toBeLessThanOrEqual(mostReads(scenario));
});

test('during the batch a result is known within 3 s of its end on average', async () => {
  const { duringLateMs } = await measure(scenarios['5 slots'] ?? fail(), steadyPolicy());
  expect(duringLateMs).toBeLessThanOrEqual(3_000);
});

test.each(Object.keys(tails))('the apply ends soon after its last task: %s', async (name) => {
  const whole = tails[name] ?? fail();
  // How a batch ends does not depend on how long it was: the benchmark takes longer ones.
  const short = { ...whole, runs: whole.runs / 2.5 };
  const { tailMs, tailBoundMs } = await measure(short, steadyPolicy());
  expect(tailMs).toBeLessThanOrEqual(tailBoundMs);
});

const fail = (): never => {
  throw new Error('there is no such scenario');
};
