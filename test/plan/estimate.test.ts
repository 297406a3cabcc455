import { expect, test } from 'vitest';
import { durationsOf } from '../../src/forecast/durations.js';
import { estimate } from '../../src/plan/estimate.js';
import { Mix } from '../../src/forecast/mix.js';
import { attempt, base, history, inputs, record } from './history.js';

const target = '1980237776367083521';

const took = (ms: number, coins: string | null, from = 1000) =>
  attempt({
    runningAt: from,
    settledAt: from + ms,
    cost: { coins, money: null, taskTimeMs: null },
  });

const past = (...attempts: ReturnType<typeof attempt>[]) =>
  history(attempts.map((one, at) => record(at + 1, { attempts: [one] })));

interface Wanted {
  readonly target?: string;
  readonly instance?: string | null;
  readonly runs?: number;
  readonly concurrency?: number | 'auto';
}

const told = (
  known: ReturnType<typeof history>,
  { target: of = target, instance = null, runs = 10, concurrency = 2 }: Wanted = {},
) => estimate(durationsOf(known, of, instance), Mix.of(runs), concurrency, known);

test('nothing is known of a workflow that never ran', () => {
  expect(told(history([]))).toEqual({
    observations: 0,
    wallTimeMs: null,
    taskTimeMs: null,
    coins: null,
  });
});

test('work and prices follow the mean, and the slots share the work', () => {
  const known = past(took(30_000, '10.1'), took(30_000, '10.2'), took(30_000, '10.3'));
  expect(told(known)).toEqual({
    observations: 3,
    wallTimeMs: 5 * 30_000,
    taskTimeMs: 10 * 30_000,
    coins: '102',
  });
});

test('a batch of unequal runs ends later than its work over its slots', () => {
  const known = past(...[10, 20, 30, 40, 50].map((s) => took(s * 1_000, null)));
  const { wallTimeMs, taskTimeMs } = told(known);
  expect(taskTimeMs).toBe(300_000);
  expect(wallTimeMs).toBeGreaterThan(150_000);
  expect(wallTimeMs).toBeLessThan(220_000);
});

test('where the slots are found out by the engine, as many as ran side by side before', () => {
  const known = past(took(30_000, null, 0), took(30_000, null, 10_000), took(30_000, null, 20_000));
  expect(told(known, { concurrency: 'auto' })).toMatchObject({
    wallTimeMs: 4 * 30_000,
    coins: null,
  });
  const inTurn = past(took(30_000, null, 0), took(30_000, null, 30_000));
  expect(told(inTurn, { concurrency: 'auto' }).wallTimeMs).toBe(300_000);
});

test('failures, another machine and another workflow say nothing', () => {
  const failed = past(attempt({ end: { is: 'cancelled', by: 'user' } }));
  expect(told(failed).observations).toBe(0);
  const plus = base({ instance: 'plus' });
  const mixed = history([record(1), record(2, { inputs: inputs({ base: 'base-2' }) })], {
    bases: new Map([
      ['base-1', base()],
      ['base-2', plus],
    ]),
  });
  expect(told(mixed).observations).toBe(1);
  expect(told(mixed, { instance: 'plus' }).observations).toBe(1);
  expect(told(mixed, { target: '2' }).observations).toBe(0);
});

test("the service's own count of seconds stands in where the run was not watched", () => {
  const cost = { coins: null, money: null, taskTimeMs: 31_000 };
  const unseen = past(attempt({ runningAt: null, cost }));
  expect(told(unseen).taskTimeMs).toBe(310_000);
});
