import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const runs = (count: number, more = ''): string =>
  `matrix: { KSampler.seed: { from: 1, to: ${count} } }\n${more}`;
// Tasks that outlast every test, on a clock that is slow enough to be interrupted in.
const endless = { runTime: { kind: 'constant', ms: 36_000_000 } as const };

/** An apply that was interrupted with so many tasks in flight. */
const inFlight = async (count: number): Promise<Project> => {
  const p = await project({
    manifest: runs(count),
    emulator: { ...endless, slots: count },
  });
  const running = p.start(['apply', '-q', '-j', String(count)]);
  const journal = '.rh-batch/manifest/journal.jsonl';
  await until(() => p.exists(journal) && p.read(journal).split('"type":"accepted"').length > count);
  running.signal('SIGINT');
  await running.ended;
  return p;
};

const states = async (p: Project): Promise<string[]> => {
  const { out } = await p.run('status', '--json');
  return (JSON.parse(out) as { runs: { state: string }[] }).runs.map(({ state }) => state);
};

test('cancel asks for all tasks before it asks what became of the first', async () => {
  const p = await inFlight(5);
  const before = p.service.requests().length;
  const ended = await p.run('cancel');
  expect(ended.exit).toBe(0);
  const asked = p.service.requests().slice(before);
  const endpoints = asked.map(({ endpoint }) => endpoint);
  expect(endpoints.slice(0, 5)).toEqual(Array(5).fill('cancel'));
  expect(ended.out.match(/ cancelled\n/g)).toHaveLength(5);
  expect(await states(p)).toEqual(Array(5).fill('cancelled'));
});

test('a task that ended before the cancel (817) is asked what became of it, and kept', async () => {
  const p = await inFlight(3);
  const [first, second] = p.service.bill();
  p.service.finish(first?.taskId ?? '', 'SUCCESS');
  p.service.finish(second?.taskId ?? '', 'FAILED');
  p.service.setFaults([{ endpoint: 'cancel', kind: 'cancelRefused', code: 817, next: 2 }]);
  const ended = await p.run('cancel');
  expect(ended.err).toBe('');
  expect(ended.out).toMatch(/had finished; the next apply fetches its outputs/);
  expect(ended.out).toMatch(/had failed: /);
  expect((await states(p)).toSorted()).toEqual(['cancelled', 'failed', 'fetching']);
});

test('a cancel that is accepted and not obeyed ends nothing: the task stays in flight', async () => {
  const p = await inFlight(2);
  p.service.setFaults([{ endpoint: 'cancel', kind: 'lateCancel' }]);
  const ended = await p.run('cancel');
  expect(ended.exit).toBe(4);
  expect(ended.out.match(/was asked to end and is still reported as in flight/g)).toHaveLength(2);
  expect(await states(p)).toEqual(['inFlight', 'inFlight']);
  p.service.setFaults([]);
  p.service.finishAll('SUCCESS');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 2, duplicates: 0 });
});

test('a task over its time that does not obey is never bought again and never called cancelled', async () => {
  const p = await project({
    manifest: runs(3, 'execution: { timeout: { run: 30s }, retries: 3 }'),
    emulator: { ...endless, slots: 3 },
  });
  p.service.setFaults([{ endpoint: 'cancel', kind: 'lateCancel' }]);
  const first = await p.apply();
  expect(first.exit).toBe(4);
  expect(first.out).toMatch(/stopped: .*asked to end and still reported as in flight/);
  expect(p.results().map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
  expect(await states(p)).toEqual(['inFlight', 'inFlight', 'inFlight']);
  const again = await p.apply();
  expect(again.exit).toBe(4);
  expect(p.service.stats().accepted).toBe(3);
  // In the end the service says what became of them.
  p.service.finishAll('SUCCESS');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('a task that does not obey stops no other run', async () => {
  const p = await project({
    manifest: `matrix: { rows: [{ p: "a [emulate:hang]" }, { p: b }, { p: c }, { p: d }] }
set: { Positive Prompt.text: "\${{ p }}" }
execution: { timeout: { run: 60s }, concurrency: 2 }`,
    emulator: { slots: 2, runTime: { kind: 'constant', ms: 10_000 } },
  });
  p.service.setFaults([{ endpoint: 'cancel', kind: 'lateCancel' }]);
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(4);
  const rest = ['succeeded', 'succeeded', 'succeeded'];
  expect(p.results().map(({ status }) => status)).toEqual(['pending', ...rest]);
  expect(p.service.stats().accepted).toBe(4);
});

test('-j above the account’s slots learns from 421: a few refusals, not some for every run', async () => {
  const p = await project({
    manifest: runs(60),
    emulator: { slots: 3, runTime: { kind: 'constant', ms: 20_000 } },
  });
  expect((await p.apply('-j', '8')).exit).toBe(0);
  const { accepted, requests } = p.service.stats();
  expect(accepted).toBe(60);
  // 20 rounds of 3: a probe in 30 to 60 s may be refused, and the first few creates are.
  expect((requests['create'] ?? 0) - accepted).toBeLessThan(20);
});
