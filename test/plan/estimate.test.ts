import { expect, test } from 'vitest';
import { estimate } from '../../src/plan/estimate.js';
import { attempt, base, history, inputs, record } from './history.js';

const target = '1980237776367083521';
const wanted = { target, instance: null, runs: 10, concurrency: 2 } as const;

const took = (ms: number, coins: string | null, from = 1000) =>
  attempt({
    runningAt: from,
    settledAt: from + ms,
    cost: { coins, money: null, taskTimeMs: null },
  });

const past = (...attempts: ReturnType<typeof attempt>[]) =>
  history(attempts.map((one, at) => record(at + 1, { attempts: [one] })));

test('nothing is known of a workflow that never ran', () => {
  expect(estimate(history([]), wanted)).toEqual({
    observations: 0,
    wallTimeMs: null,
    taskTimeMs: null,
    coins: null,
  });
});

test('the median run time, the slots, and the exact mean price', () => {
  const known = past(took(30_000, '10.1'), took(32_000, '10.2'), took(900_000, '10.3'));
  expect(estimate(known, wanted)).toEqual({
    observations: 3,
    wallTimeMs: 5 * 32_000,
    taskTimeMs: 10 * 32_000,
    coins: '102',
  });
});

test('where the slots are found out by the engine, as many as ran side by side before', () => {
  const known = past(took(30_000, null, 0), took(30_000, null, 10_000), took(30_000, null, 20_000));
  expect(estimate(known, { ...wanted, concurrency: 'auto' })).toMatchObject({
    wallTimeMs: 4 * 30_000,
    coins: null,
  });
  const inTurn = past(took(30_000, null, 0), took(30_000, null, 30_000));
  expect(estimate(inTurn, { ...wanted, concurrency: 'auto' }).wallTimeMs).toBe(300_000);
});

test('failures, another machine and another workflow say nothing', () => {
  const failed = past(attempt({ end: { is: 'cancelled', by: 'user' } }));
  expect(estimate(failed, wanted).observations).toBe(0);
  const plus = base({ instance: 'plus' });
  const mixed = history([record(1), record(2, { inputs: inputs({ base: 'base-2' }) })], {
    bases: new Map([
      ['base-1', base()],
      ['base-2', plus],
    ]),
  });
  expect(estimate(mixed, wanted).observations).toBe(1);
  expect(estimate(mixed, { ...wanted, instance: 'plus' }).observations).toBe(1);
  expect(estimate(mixed, { ...wanted, target: '2' }).observations).toBe(0);
});

test("the service's own count of seconds stands in where the run was not watched", () => {
  const cost = { coins: null, money: null, taskTimeMs: 31_000 };
  const unseen = past(attempt({ runningAt: null, cost }));
  expect(estimate(unseen, wanted).taskTimeMs).toBe(310_000);
});
