import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const seeds = (count: number): string => `matrix: { KSampler.seed: { from: 1, to: ${count} } }`;
const constant = { runTime: { kind: 'constant', ms: 30_000 } as const, slots: 2 };

test.each([
  ['budget.runs', 'budget: { runs: 3 }', 3],
  // Thirty seconds cost six coins; what is in flight is reserved.
  ['budget.coins', 'budget: { coins: 20 }', 3],
  ['budget.taskTime', 'budget: { taskTime: 95s }', 3],
])('%s stops submitting, lets tasks finish, exit 3, resumable', async (name, budget, accepted) => {
  const p = await project({ manifest: `${seeds(6)}\n${budget}`, emulator: constant });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(3);
  expect(ended.out).toContain(name);
  expect(p.service.stats()).toMatchObject({ accepted, tasks: { SUCCESS: accepted } });
  expect(p.results().filter(({ status }) => status === 'pending')).toHaveLength(6 - accepted);
  p.manifest(seeds(6));
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
});

test.each([
  ['deadline', 'execution: { deadline: 40s }'],
  ['wallTime', 'budget: { wallTime: 40s }'],
])('%s: nothing new after that time', async (_, limit) => {
  const p = await project({ manifest: `${seeds(30)}\n${limit}`, emulator: constant });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(3);
  expect(p.service.stats().accepted).toBeLessThan(8);
  expect(p.results().every(({ status }) => status === 'succeeded' || status === 'pending')).toBe(
    true,
  );
});

const failing =
  'matrix: { Positive Prompt.text: ["[emulate:oom] 1", "[emulate:oom] 2", "[emulate:oom] 3", a, b, c, d, e, f, g] }';

test('failFast submits nothing after the first run that failed', async () => {
  const p = await project({
    manifest: `${failing}\nexecution: { failFast: true, concurrency: 1 }`,
    emulator: constant,
  });
  expect((await p.apply()).exit).toBe(3);
  expect(p.service.stats().accepted).toBe(1);
});

test.each([
  ['a count', '1', 2],
  ['a share', '"20%"', 3],
])('maxFailures as %s', async (_, maxFailures, failed) => {
  const p = await project({
    manifest: `${failing}\nexecution: { maxFailures: ${maxFailures}, concurrency: 1 }`,
    emulator: constant,
  });
  expect((await p.apply()).exit).toBe(3);
  expect(p.results().filter(({ status }) => status === 'failed')).toHaveLength(failed);
});

test('a task that runs too long is cancelled remotely and fails; it is not tried again', async () => {
  const p = await project({
    manifest: 'execution: { timeout: { run: 60s }, retries: 2 }',
    emulator: { runTime: { kind: 'constant', ms: 600_000 } },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(1);
  expect(p.service.stats()).toMatchObject({ accepted: 1, tasks: { CANCEL: 1 } });
  expect(p.results()[0]).toMatchObject({ status: 'failed', error: { code: 'timeout-run' } });
});

test('a task that waits too long in the queue is cancelled', async () => {
  const p = await project({
    manifest:
      'matrix: { KSampler.seed: [1, 2] }\nexecution: { timeout: { queue: 60s }, concurrency: 2 }',
    emulator: { slots: 1, queue: 5, runTime: { kind: 'constant', ms: 300_000 } },
  });
  expect((await p.apply()).exit).toBe(1);
  // Either may come first: they are submitted at once.
  const [failed, ...others] = p.results().toSorted((a, b) => a.status.localeCompare(b.status));
  expect(others.map(({ status }) => status)).toEqual(['succeeded']);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'timeout-queue' } });
});
