import { expect, test } from 'vitest';
import { RecentTimes } from '../../src/engine/watch/recent-times.js';
import { RequestBudget } from '../../src/engine/watch/request-budget.js';
import { runTimeOf, ReportedTimes } from '../../src/engine/watch/reported-times.js';

const ended = (runMs: number) => ({ runningAt: 0, seenAt: runMs - 2_000, now: runMs + 1_000 });

test('a told run time between what was seen is believed', () => {
  expect(new ReportedTimes().plausible(ended(30_000), 30_000)).toBe(30_000);
});

test.each([0.8, 0.05, 0.001, 0, 1_000])('told × %d is not believed', (factor) => {
  expect(new ReportedTimes().plausible(ended(30_000), 30_000 * factor)).toBeNull();
});

test('after one wrong number five right ones are needed', () => {
  const told = new ReportedTimes();
  told.plausible(ended(30_000), 0);
  const answers = Array.from({ length: 5 }, () => told.plausible(ended(30_000), 30_000));
  expect(answers).toEqual([null, null, null, null, 30_000]);
});

test('without the word of the service a run time is the middle of what is known', () => {
  expect(runTimeOf(ended(30_000), null)).toBe(29_500);
  expect(runTimeOf(ended(30_000), 31_500)).toBe(31_000);
});

test('tasks begin to end where the first of the last fifty did', () => {
  const times = new RecentTimes();
  for (let n = 0; n < 60; n += 1) times.learn(20_000 + 1_000 * (n % 10));
  const { firstMs, restMs } = times.ends({ tasks: [], now: 0 });
  expect(firstMs).toBe(19_500);
  expect(restMs).toBeCloseTo(5_000, -2);
  expect(times.longestMs).toBe(29_000);
});

test('told that requests come too fast, half as many go out for a minute', () => {
  const budget = new RequestBudget(() => 4);
  budget.tooFast(1_000);
  expect(budget.perSecond(60_999)).toBe(2);
  expect(budget.perSecond(61_000)).toBe(4);
});
