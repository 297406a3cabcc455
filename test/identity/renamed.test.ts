import { copyFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { workflowId } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';
const text = (keys: string): string =>
  `version: 1\nworkflowId: "${workflowId}"\napi: api.json\n${keys}\n`;

const done = async (): Promise<Project> => {
  const p = await project({ manifest: three });
  expect((await p.apply()).exit).toBe(0);
  return p;
};

const move = (p: Project, from: string, to: string): void =>
  renameSync(join(p.dir, from), join(p.dir, to));

test('a renamed manifest keeps its state, and the plan says so without touching it', async () => {
  const p = await done();
  move(p, 'manifest.yaml', 'nightly.yaml');
  const planned = await p.run('plan', 'nightly.yaml');
  expect(planned.out).toContain('3 runs: 0 to run, 3 up to date');
  expect(planned.err).toContain('this batch was "manifest" before');
  expect(p.list('.rh-batch')).not.toContain('nightly');
  expect((await p.run('status', 'nightly.yaml')).out).toContain('exit code 0');
  expect((await p.apply('nightly.yaml')).exit).toBe(0);
  expect(p.list('.rh-batch')).not.toContain('manifest');
  expect(p.results('out/nightly').map(({ reused }) => reused)).toEqual([true, true, true]);
  expect((await p.run('plan', 'nightly.yaml')).err).toBe('');
  expect(p.service.stats().accepted).toBe(3);
});

test('a manifest that is given a name, another name and none again buys nothing', async () => {
  const p = await done();
  for (const keys of [`name: hero\n${three}`, `name: other\n${three}`, three]) {
    p.manifest(keys);
    expect((await p.plan()).summary).toMatchObject({ upToDate: 3 });
    expect((await p.apply()).exit).toBe(0);
  }
  expect(p.service.stats().accepted).toBe(3);
});

test('a state of before paths were noted is known by name or content', async () => {
  const p = await done();
  p.remove('.rh-batch/manifest/owner.json');
  p.manifest(`name: hero\n${three}`);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 3 });
  p.manifest(three);
  move(p, 'manifest.yaml', 'nightly.yaml');
  expect((await p.plan('nightly.yaml')).summary).toMatchObject({ upToDate: 3 });
});

test('tasks in flight are followed under the new name, never bought again', async () => {
  const p = await project({ manifest: three, emulator: { slots: 3 } });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 3);
  running.signal('SIGINT');
  await running.ended;
  move(p, 'manifest.yaml', 'nightly.yaml');
  expect((await p.plan('nightly.yaml')).summary).toMatchObject({ new: 0 });
  expect((await p.apply('nightly.yaml')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('the state of a renamed batch that another process holds is left to it', async () => {
  const p = await project({ manifest: three, emulator: {} });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 1);
  move(p, 'manifest.yaml', 'nightly.yaml');
  expect((await p.apply('nightly.yaml')).exit).toBe(5);
  expect((await running.ended).exit).toBe(0);
  expect((await p.apply('nightly.yaml')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test.each(['m.yaml', 'elsewhere/m.yaml'])(
  '%s, a symbolic link, is the same batch',
  async (link) => {
    const p = await done();
    mkdirSync(join(p.dir, 'elsewhere'));
    symlinkSync(join(p.dir, 'manifest.yaml'), join(p.dir, link));
    expect((await p.plan(link)).summary).toMatchObject({ upToDate: 3 });
    expect((await p.apply(link)).exit).toBe(0);
    expect(p.service.stats().accepted).toBe(3);
    expect(p.list('.rh-batch').filter((name) => !name.includes('/'))).toEqual(
      ['manifest', 'uploads.jsonl'].filter((name) => p.exists(`.rh-batch/${name}`)),
    );
  },
);

test('a profile with a name of its own has a state of its own', async () => {
  const p = await project({ manifest: `${three}\nprofiles: { fast: { name: fast } }` });
  await p.apply();
  expect((await p.run('plan', '--profile', 'fast')).err).not.toContain('before');
  expect(p.exists('.rh-batch/manifest/journal.jsonl')).toBe(true);
});

test('two manifests of one name: the second is refused by every command, and told what to write', async () => {
  const p = await project({ files: { 'a.yaml': text(`name: same\n${three}`) } });
  expect((await p.apply('a.yaml')).exit).toBe(0);
  p.write('b.yaml', text('name: same\nmatrix: { KSampler.seed: [7, 8] }'));
  const before = p.read('out/same/results.jsonl');
  for (const command of ['apply', 'plan', 'status', 'cancel', 'report', 'clean', 'validate']) {
    const { exit, err } = await p.run(command, 'b.yaml');
    expect(exit, command).toBe(2);
    expect(err, command).toContain('b.yaml and a.yaml are both the batch "same"');
    expect(err, command).toContain('name: b');
  }
  expect(p.read('out/same/results.jsonl')).toBe(before);
  expect(p.service.stats().accepted).toBe(3);
  symlinkSync('a.yaml', join(p.dir, 'link.yaml'));
  expect((await p.run('plan', 'link.yaml')).exit).toBe(0);
  p.write('b.yaml', text('name: b\nmatrix: { KSampler.seed: [7, 8] }'));
  expect((await p.apply('b.yaml')).exit).toBe(0);
});

test('cancel of one manifest never reaches the tasks of another', async () => {
  const p = await project({
    files: { 'a.yaml': text(`name: same\n${three}`) },
    emulator: {},
  });
  const running = p.start(['apply', 'a.yaml', '-q']);
  await until(() => p.service.stats().accepted >= 3);
  running.signal('SIGINT');
  await running.ended;
  copyFileSync(join(p.dir, 'a.yaml'), join(p.dir, 'b.yaml'));
  expect((await p.run('cancel', 'b.yaml')).exit).toBe(2);
  expect(p.service.bill().map(({ status }) => status)).not.toContain('CANCEL');
  expect((await p.apply('a.yaml')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
});
