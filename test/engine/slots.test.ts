import { expect, test } from 'vitest';
import { RequestBudget } from '../../src/engine/watch/request-budget.js';
import { Slots } from '../../src/engine/watch/slots.js';

const auto = (start = 1, told = false): Slots =>
  new Slots({ start, auto: true, reported: told, max: 100 }, () => 0, 0);
const running = { queued: 0, running: 1 };

test('a probe that is accepted raises the limit only when all tasks are seen alive', () => {
  const slots = auto(2);
  slots.take(0);
  slots.take(0);
  slots.take(0);
  slots.refused(0, null);
  expect(slots.limit).toBe(2);
  expect(slots.free(29_000)).toBe(false);
  expect(slots.free(31_000)).toBe(true);
  slots.take(31_000);
  slots.accepted(31_000, running);
  expect(slots.limit).toBe(2);
  slots.confirmed(30_000, 32_000);
  expect(slots.limit).toBe(2);
  slots.confirmed(33_000, 33_500);
  expect(slots.limit).toBe(3);
});

test('a probe that took the place of a task that had ended unseen raises nothing', () => {
  const slots = auto(2);
  slots.take(0);
  slots.take(0);
  slots.take(0);
  slots.refused(0, null);
  slots.take(31_000);
  slots.accepted(31_000, running);
  slots.changed({ freed: 1, others: 0 });
  slots.confirmed(40_000, 40_000);
  expect(slots.limit).toBe(2);
});

test('another program that a refusal told of is not counted twice', () => {
  const slots = auto(5, true);
  for (let held = 0; held < 5; held += 1) slots.take(0);
  slots.refused(1_000, null);
  expect(slots.limit).toBe(4);
  slots.changed({ freed: 0, others: 1 });
  expect(slots.limit).toBe(4);
  slots.changed({ freed: 0, others: 1 });
  expect(slots.limit).toBe(3);
  slots.changed({ freed: 0, others: -2 });
  expect(slots.limit).toBe(5);
});

test('a queue on the service is fed, not filled', () => {
  const slots = auto();
  const accept = (queued: number, active: number): void => {
    slots.take(0);
    slots.accepted(0, { queued, running: active });
  };
  accept(0, 1);
  accept(0, 2);
  accept(1, 2);
  expect(slots.limit).toBe(4);
  accept(2, 2);
  expect(slots.limit).toBe(4);
  expect(slots.free(0)).toBe(false);
  slots.started({ queued: 1, running: 3 });
  expect(slots.free(0)).toBe(true);
});

test.each([2, 5, 0.5])('no more than %d requests in any second', (perSecond) => {
  const budget = new RequestBudget(() => perSecond);
  const sent: number[] = [];
  for (let now = 0; sent.length < 40; now = Math.max(now + 1, budget.freeAt(now + 1))) {
    if (budget.freeAt(now) > now) continue;
    budget.spend(now);
    sent.push(now);
  }
  const windowMs = 1000 * Math.max(1, 1 / perSecond);
  for (const from of sent)
    expect(sent.filter((at) => at >= from && at < from + windowMs).length).toBeLessThanOrEqual(
      Math.max(1, perSecond),
    );
});
