import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const other = 'fedcba98765432100123456789abcdef';
const calm = { slots: 3, runTime: { kind: 'constant', ms: 40_000 } } as const;
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';

/** Three tasks of the first key in flight; `other.env` has a key of another account. */
const left = async (manifest = three): Promise<Project> => {
  const p = await project({
    manifest,
    emulator: calm,
    files: { 'other.env': `RUNNINGHUB_API_KEY=${other}\n` },
  });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted === 3);
  await until(() => p.read(journal).split('"type":"accepted"').length === 4);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  return p;
};
const journal = '.rh-batch/manifest/journal.jsonl';

test('another key leaves tasks in flight, says so, and the first key goes on', async () => {
  const p = await left();
  const asked = p.service.stats().requests['outputs'] ?? 0;
  const ended = await p.apply('--env-file', 'other.env');
  expect(ended.exit, ended.err).toBe(4);
  expect(ended.err).toContain('3 tasks submitted with another key are left in flight');
  expect(ended.err).toContain('--adopt');
  expect(ended.err + ended.out).not.toContain(other);
  expect(p.service.stats().requests['outputs'] ?? 0).toBe(asked);
  expect(p.results().map(({ status, error }) => [status, error?.code])).toEqual(
    Array(3).fill(['pending', 'other-account']),
  );
  expect(p.summary()).toMatchObject({ exitCode: 4, stop: expect.stringContaining('another key') });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('plan and status say so, too, with the same ways out, and ask for nothing', async () => {
  const p = await left();
  const asked = p.service.stats().requests;
  const plan = await p.run('plan', '--env-file', 'other.env');
  const status = await p.run('status', '--env-file', 'other.env');
  for (const told of [`${plan.out}${plan.err}`, status.out]) {
    expect(told).toContain('3 tasks submitted with another key are left in flight');
    expect(told).toMatch(/rh-batch apply manifest\.yaml --env-file other\.env --adopt$/m);
    expect(told).toMatch(/rh-batch resolve [0-9a-f]{8} .*--resubmit/);
    expect(told).not.toContain(other);
  }
  expect(plan.out).toContain('3 runs: 0 to run, 3 unknown\n');
  expect(plan.out).toMatch(
    /^\? 0000-1 {2}task \d{19} was submitted with another key, .*: left alone$/m,
  );
  const json = await p.run('status', '--json', '--env-file', 'other.env');
  const { runs } = JSON.parse(json.out) as { runs: { otherKey: boolean }[] };
  expect(runs.map(({ otherKey }) => otherKey)).toEqual([true, true, true]);
  expect(p.service.stats().requests).toEqual(asked);
  for (const command of ['plan', 'status']) {
    const { out, err } = await p.run(command);
    expect(out + err).not.toContain('another key');
  }
  p.write('none.env', 'RUNNINGHUB_API_KEY=\n');
  for (const command of ['plan', 'status']) {
    const { out, err } = await p.run(command, '--env-file', 'none.env');
    expect(out + err).not.toContain('another key');
  }
});

test('what is new runs under the other key, beside tasks that are left', async () => {
  const p = await left();
  p.manifest('matrix: { KSampler.seed: [1, 2, 3, 4] }');
  expect((await p.apply('--env-file', 'other.env')).exit).toBe(4);
  expect(p.results().map(({ status }) => status)).toEqual([
    'pending',
    'pending',
    'pending',
    'succeeded',
  ]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
});

test('with --adopt a key that does not know them believes no 807', async () => {
  const p = await left();
  const ended = await p.apply('--env-file', 'other.env', '--adopt');
  expect(ended.exit, ended.err).toBe(4);
  expect(p.read(journal)).not.toContain('"type":"settled"');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('results of another key stay results; vanished files are not judged by a key that cannot ask', async () => {
  const p = await left();
  expect((await p.apply()).exit).toBe(0);
  expect(await p.apply('--env-file', 'other.env')).toMatchObject({ exit: 0 });
  p.remove(`out/manifest/${p.results()[0]?.outputs[0]?.path ?? ''}`);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', probability: 1 }]);
  const ended = await p.apply('--env-file', 'other.env');
  expect(ended.exit, ended.err).toBe(4);
  expect(p.results()[0]).toMatchObject({ status: 'pending' });
  expect(p.read(journal)).not.toContain('outputs-gone');
  p.service.setFaults([]);
  expect((await p.plan()).summary).toMatchObject({ download: 1, upToDate: 2 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3 });
});

test('cancel does not touch tasks of another key', async () => {
  const p = await left();
  const ended = await p.run('cancel', '--env-file', 'other.env');
  expect(ended.exit).toBe(4);
  expect(ended.err).toContain('another key');
  expect(p.service.stats().requests['cancel']).toBeUndefined();
  expect(p.read(journal)).not.toContain('"type":"settled"');
});

test('resolve gives up or pays again what only a lost key could follow, and nothing else', async () => {
  const p = await left();
  const [first, second] = p.results().map(({ id }) => id);
  expect((await p.run('resolve', first ?? '', '--give-up')).exit).toBe(2);
  const more = ['--env-file', 'other.env'];
  expect(await p.run('resolve', first ?? '', '--give-up', ...more)).toMatchObject({ exit: 0 });
  expect((await p.plan('--only', first ?? '')).runs[0]).toMatchObject({ action: 'retry' });
  expect(await p.run('resolve', second ?? '', '--resubmit', ...more)).toMatchObject({ exit: 0 });
  await p.apply(...more);
  expect(p.results().map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'pending']);
  expect(p.service.stats().accepted).toBe(5);
});
