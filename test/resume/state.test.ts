import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const journal = '.rh-batch/manifest/journal.jsonl';
const lock = '.rh-batch/manifest/lock';
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';

const done = async (): Promise<Project> => {
  const p = await project({ manifest: three });
  expect((await p.apply()).exit).toBe(0);
  return p;
};

test('the journal cut at every byte of its last record: nothing is submitted again', async () => {
  const p = await done();
  const whole = p.bytes(journal);
  const lastStart = Buffer.from(whole.subarray(0, -1)).lastIndexOf('\n') + 1;
  for (let cut = lastStart; cut < whole.length; cut += 23) {
    p.write(journal, whole.subarray(0, cut));
    expect((await p.apply('-q')).exit).toBe(0);
  }
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('cut anywhere, no accepted run is submitted again unless its acceptance was never recorded', async () => {
  const p = await done();
  const whole = p.read(journal);
  const lines = whole.trimEnd().split('\n');
  for (let keep = 1; keep < lines.length; keep += 1) {
    const kept = lines.slice(0, keep);
    p.write(journal, `${kept.join('\n')}\n`);
    const accepted = kept.filter((line) => line.includes('"type":"accepted"')).length;
    const intents = kept.filter((line) => line.includes('"type":"intent"')).length;
    const before = p.service.stats().accepted;
    await p.apply('-q');
    // Intents without an answer are held as unknown; runs never begun are submitted.
    expect(p.service.stats().accepted - before, `${keep} records`).toBe(3 - intents);
    expect(accepted).toBeLessThanOrEqual(intents);
  }
});

test('a garbage line in the middle is an error that names line and remedy; --repair mends it', async () => {
  const p = await done();
  const lines = p.read(journal).trimEnd().split('\n');
  p.write(journal, `${[...lines.slice(0, 3), '{"half":', ...lines.slice(3)].join('\n')}\n`);
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(/journal\.jsonl:4 is damaged/);
  expect(ended.err).toContain('clean --repair');
  expect((await p.run('clean', '--repair')).exit).toBe(0);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
});

test('clean removes parts of downloads, also where no state is, and makes none', async () => {
  const p = await project({ manifest: three });
  expect(await p.run('clean')).toMatchObject({ exit: 0, out: 'there are no parts of downloads\n' });
  p.write('out/manifest/a.png.0123abcd.part', 'half');
  p.write('out/manifest/a.png', 'whole');
  expect(await p.run('clean')).toMatchObject({ exit: 0, out: '1 part of downloads removed\n' });
  expect(p.list('out/manifest')).toEqual(['a.png']);
  expect(p.exists('.rh-batch')).toBe(false);
});

test('a journal of a newer version is refused', async () => {
  const p = await done();
  p.write(journal, p.read(journal).replace('"version":2', '"version":3'));
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('newer rh-batch');
});

test.skipIf(process.getuid?.() === 0)(
  'a state folder that cannot be written submits nothing',
  async () => {
    const p = await project({ manifest: three });
    chmodSync(p.dir, 0o500);
    expect((await p.apply()).exit).toBe(2);
    chmodSync(p.dir, 0o700);
    expect(p.service.stats().accepted).toBe(0);
  },
);

test('a state folder that is a file submits nothing and says so', async () => {
  const p = await project({ manifest: three, files: { '.rh-batch': 'not a folder' } });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('cannot be written');
  expect(p.service.stats().accepted).toBe(0);
});

test('the state deleted while an apply runs: submitting stops, tasks in flight are told', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 40 } }',
    emulator: { slots: 2 },
  });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 4);
  p.remove('.rh-batch');
  const ended = await running.ended;
  expect(ended.exit).toBe(6);
  expect(ended.err).toContain('Nothing more was submitted');
  expect(p.service.stats().accepted).toBeLessThan(40);
  for (const { taskId, status } of p.service.bill())
    if (status === 'RUNNING' || status === 'QUEUED') expect(ended.err).toContain(taskId);
});

test.each(['.rh-batch', '.rh-batch/manifest'])(
  '%s deleted while an apply works: the command that is printed then pays for nothing twice',
  async (folder) => {
    const p = await project({
      manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }',
      emulator: { slots: 2 },
    });
    const running = p.start(['apply', '--progress', 'none']);
    await until(() => p.service.stats().accepted >= 4);
    p.remove(folder);
    const ended = await running.ended;
    expect(ended.exit).not.toBe(0);
    expect(ended.err).toContain('written to .rh-batch/manifest again');
    const next = /^next: +rh-batch (.+?) {2}/m.exec(ended.out)?.[1] ?? '';
    expect((await p.run(...next.split(' '))).exit).toBe(0);
    expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
    expect(p.results().map(({ status }) => status)).toEqual(Array(12).fill('succeeded'));
  },
);

test('a state folder moved away while an apply works: nothing is paid for twice either', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }',
    emulator: { slots: 2 },
  });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 4);
  renameSync(join(p.dir, '.rh-batch'), join(p.dir, 'elsewhere'));
  expect((await running.ended).exit).not.toBe(0);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
});

test('a state that cannot be written again: no command is offered that would pay twice', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }',
    emulator: { slots: 2 },
  });
  const running = p.start(['apply', '--progress', 'none']);
  await until(() => p.service.stats().accepted >= 4);
  p.remove('.rh-batch');
  p.write('.rh-batch', 'a file in its place');
  const ended = await running.ended;
  expect(ended.exit).not.toBe(0);
  expect(ended.err).toContain('Another apply would pay for every run again');
  expect(ended.out).not.toContain('rh-batch apply');
});

test('two at once: the second one exits 5 and names the first; status and plan never block', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }',
    emulator: {},
  });
  const first = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 1);
  const second = await p.apply();
  expect(second.exit).toBe(5);
  expect(second.err).toContain(`process ${process.pid}`);
  let status = '';
  while (!status.includes('in flight')) status = (await p.run('status')).out;
  expect((await p.run('plan')).exit).toBe(0);
  expect((await first.ended).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
});

const holder = (more: object): string =>
  JSON.stringify({
    pid: 999_999_99,
    started: '1',
    host: hostname(),
    command: 'x',
    since: 'then',
    token: 't',
    ...more,
  });

test.each([
  ['a dead process', holder({})],
  ['another process under the same pid', holder({ pid: process.pid, started: '12' })],
])('the lock of %s is taken over with a notice', async (_, content) => {
  const p = await done();
  p.write(lock, content);
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toContain('took over');
});

test('the lock of another host needs unlock', async () => {
  const p = await done();
  p.write(lock, holder({ host: 'elsewhere' }));
  const ended = await p.apply();
  expect(ended.exit).toBe(5);
  expect(ended.err).toContain('unlock');
  expect((await p.run('unlock')).exit).toBe(0);
  expect((await p.apply()).exit).toBe(0);
});

test('state restored from an older cache: what ran since is not known, but nothing breaks', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1] }' });
  await p.apply();
  const old = p.read(journal);
  p.manifest(three);
  await p.apply();
  p.write(journal, old);
  expect((await p.apply()).exit).toBe(0);
  expect(p.results().map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
});

test.each([
  ['deleted', (p: Project, path: string) => p.remove(path)],
  ['edited', (p: Project, path: string) => writeFileSync(join(p.dir, path), 'scribble')],
])('an output that was %s is fetched again, not paid again', async (_, spoil) => {
  const p = await done();
  const path = `out/manifest/${p.results()[1]?.outputs[0]?.path ?? ''}`;
  spoil(p, path);
  expect((await p.plan()).summary).toMatchObject({ download: 1, upToDate: 2 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
  const again = p.results()[1]?.outputs[0];
  expect(p.bytes(`out/manifest/${again?.path ?? ''}`)).toHaveLength(again?.bytes ?? -1);
});

test('an existing different file is kept', async () => {
  const p = await project({ manifest: 'outputs: { name: "${{ run.index }}.${{ output.ext }}" }' });
  p.write('out/manifest/0.png', 'mine');
  expect((await p.apply()).exit).toBe(0);
  expect(p.read('out/manifest/0.png')).toBe('mine');
  expect(p.results()[0]?.outputs[0]?.path).toBe('0-2.png');
});

/** Turns the event loop until something is so: no wall time is assumed. */

test('outputs.onExist: error keeps the other file and the paid result waits; overwrite replaces it', async () => {
  const named = 'outputs: { name: "${{ run.index }}.${{ output.ext }}", onExist: error }';
  const p = await project({ manifest: named, files: { 'out/manifest/0.png': 'mine' } });
  const refused = await p.apply();
  expect(refused.exit).toBe(6);
  expect(p.read('out/manifest/0.png')).toBe('mine');
  expect(p.results()[0]).toMatchObject({ status: 'pending', error: { code: 'exists' } });
  p.manifest(named.replace('error', 'overwrite'));
  expect((await p.apply()).exit).toBe(0);
  expect(p.bytes('out/manifest/0.png').length).toBeGreaterThan(4);
  expect(p.service.stats().accepted).toBe(1);
});
