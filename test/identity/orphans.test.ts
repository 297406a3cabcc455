import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
// Loaded before a compressed clock runs: to load them takes hours of its time.
import '../../src/commands/runs/apply.js';
import '../../src/commands/state/clean-orphans.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const seeds = (...values: readonly number[]): string =>
  `matrix: { seed: [${values.join(', ')}] }\nset: { KSampler.seed: "\${{ seed }}" }`;
const three = seeds(1, 2, 3);
const one = seeds(1);
const named = 'outputs: { name: "k-${{ seed }}.png" }';

const folders = 'outputs: { name: "s${{ seed }}/k.png" }';

const done = async (keys = `${three}\n${named}`): Promise<Project> => {
  const p = await project({ manifest: keys, emulator: {} });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  return p;
};

interface Listed {
  readonly orphans: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly run: string;
    readonly removed: boolean;
    readonly stays: string | null;
  }[];
  readonly removed: number;
  readonly command: string | null;
}

const orphans = async (p: Project, ...args: string[]): Promise<Listed> => {
  const ended = await p.run('clean', '--orphans', '--json', ...args);
  expect(ended, ended.err + ended.out).toMatchObject({ exit: 0 });
  return JSON.parse(ended.out) as Listed;
};

const pngs = (p: Project, dir = 'out/manifest'): string[] =>
  p.list(dir).filter((name) => name.endsWith('.png'));

test('clean --orphans lists the files of rows that are gone and removes nothing', async () => {
  const p = await done();
  expect((await p.run('clean', '--orphans')).out).toContain('all files are of runs in the plan');
  p.manifest(`${one}\n${named}`);
  const journal = p.read('.rh-batch/manifest/journal.jsonl');
  const listed = await p.run('clean', '--orphans');
  expect(listed.exit).toBe(0);
  const id = p.results().find(({ index }) => index === 1)?.id ?? '';
  const line = listed.out.split('\n').find((text) => text.includes('k-2.png'));
  expect(line).toMatch(/^out\/manifest\/k-2\.png {2}[\d.]+ k?B {2}run /i);
  expect(line).toContain(id);
  expect(listed.out).toContain('2 files of runs that are no longer in the plan');
  expect(listed.out).toContain('rh-batch clean --orphans --yes');
  expect((await orphans(p)).orphans.map(({ path }) => path)).toEqual(['k-2.png', 'k-3.png']);
  expect(pngs(p)).toEqual(['k-1.png', 'k-2.png', 'k-3.png']);
  expect(p.read('.rh-batch/manifest/journal.jsonl')).toBe(journal);
  expect(p.service.stats().accepted).toBe(3);
});

test('with --yes it removes them, says so, and records it; the plan tells how many there are', async () => {
  const p = await done();
  p.manifest(`${one}\n${named}`);
  p.write('out/manifest/mine.png', 'mine');
  const planned = await p.run('plan', 'manifest.yaml', '--out-dir', 'out/manifest');
  const tail = planned.out.trim().split('\n').at(-1) ?? '';
  expect(tail).toMatch(/^2 files \(.*\) of runs that are no longer in the plan: rh-batch clean /);
  const proposed = tail.slice(tail.indexOf('rh-batch ') + 'rh-batch '.length).split(' ');
  expect(proposed).toEqual(['clean', 'manifest.yaml', '--out-dir', 'out/manifest', '--orphans']);
  const removal = await p.run(...proposed, '--yes');
  expect(removal.exit).toBe(0);
  expect(removal.out).toContain('2 files of runs that are no longer in the plan');
  expect(removal.out).toContain('removed');
  expect(pngs(p)).toEqual(['k-1.png', 'mine.png']);
  expect((await p.run('plan')).out).not.toContain('no longer in the plan');
  expect((await orphans(p, '--yes')).removed).toBe(0);
});

test('a row that comes back is fetched with the true reason, and reported whole again', async () => {
  const p = await done();
  p.manifest(`${one}\n${named}`);
  expect((await orphans(p, '--yes')).removed).toBe(2);
  p.manifest(`${three}\n${named}`);
  const { runs } = await p.plan();
  expect(runs.map(({ action }) => action)).toEqual(['upToDate', 'download', 'download']);
  expect(runs[1]?.reasons[0]).toMatch(
    /^k-2\.png was removed by clean --orphans on \d{4}-\d\d-\d\d$/,
  );
  expect((await p.run('explain', runs[1]?.id ?? '')).out).toContain('clean --orphans');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
  expect(pngs(p)).toEqual(['k-1.png', 'k-2.png', 'k-3.png']);
  expect(p.results().map(({ outputs }) => outputs[0]?.path)).toEqual([
    'k-1.png',
    'k-2.png',
    'k-3.png',
  ]);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 3 });
});

test('files that were put back by hand are taken as they are', async () => {
  const p = await done();
  const bytes = readFileSync(join(p.dir, 'out/manifest/k-2.png'));
  p.manifest(`${one}\n${named}`);
  expect((await orphans(p, '--yes')).removed).toBe(2);
  writeFileSync(join(p.dir, 'out/manifest/k-2.png'), bytes);
  p.manifest(`${seeds(1, 2)}\n${named}`);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 2 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.results()[1]?.outputs).toHaveLength(1);
  expect(p.service.stats().accepted).toBe(3);
});

test('changed files, foreign files, links and folders stay', async () => {
  const p = await done(`${seeds(1, 2, 3, 4, 5)}\n${folders}`);
  const at = (name: string): string => join(p.dir, 'out/manifest', name);
  p.manifest(`${one}\n${folders}`);
  writeFileSync(at('s2/k.png'), readFileSync(at('s2/k.png')).reverse());
  // The file itself is a link; its folder is a link to the outside; its folder is a file now.
  renameSync(at('s3/k.png'), join(p.dir, 'kept.png'));
  symlinkSync(join(p.dir, 'kept.png'), at('s3/k.png'));
  renameSync(at('s4'), join(p.dir, 'outside'));
  symlinkSync(join(p.dir, 'outside'), at('s4'));
  const { orphans: all, removed } = await orphans(p, '--yes');
  expect(removed).toBe(1);
  expect(all.map(({ path, removed: gone, stays }) => [path, gone, stays])).toEqual([
    ['s5/k.png', true, null],
    ['s2/k.png', false, 'it is not as it was saved'],
    ['s3/k.png', false, 'it is a symbolic link'],
    ['s4/k.png', false, "a symbolic link leads to it, out of the outputs' folder"],
  ]);
  expect(existsSync(join(p.dir, 'kept.png')) && existsSync(join(p.dir, 'outside/k.png'))).toBe(
    true,
  );
  expect(existsSync(at('s1/k.png')) && existsSync(at('s2/k.png'))).toBe(true);
});

test('a journal that names files outside of the folder removes nothing there', async () => {
  const p = await done();
  const journal = '.rh-batch/manifest/journal.jsonl';
  copyFileSync(join(p.dir, 'out/manifest/k-2.png'), join(p.dir, 'out/k-2.png'));
  p.write(journal, p.read(journal).replaceAll('"path":"k-2.png"', '"path":"../k-2.png"'));
  p.manifest(`${one}\n${named}`);
  expect((await orphans(p, '--yes')).removed).toBe(1);
  expect(p.exists('out/k-2.png')).toBe(true);
});

test('what a sibling, a profile or a row that is skipped uses is no orphan', async () => {
  const shared = named.replace('{ ', '{ dir: pictures, ');
  const p = await done(`${three}\n${shared}`);
  copyFileSync(join(p.dir, 'manifest.yaml'), join(p.dir, 'sibling.yaml'));
  expect((await p.apply('sibling.yaml')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
  p.manifest(`${one}\n${shared}`);
  const { orphans: all } = await orphans(p, '--yes');
  expect(all).toHaveLength(2);
  for (const { removed, stays } of all)
    expect({ removed, stays }).toEqual({
      removed: false,
      stays: expect.stringContaining('.rh-batch/sibling') as string,
    });
  expect(pngs(p, 'pictures')).toHaveLength(3);

  const skipping = await project({
    manifest: 'matrix: { rows: rows.csv }\nset: { KSampler.seed: "${{ seed }}" }',
    files: { 'rows.csv': 'seed,_skip\n1,\n2,\n3,\n' },
  });
  expect((await skipping.apply()).exit).toBe(0);
  skipping.write('rows.csv', 'seed,_skip\n1,\n2,yes\n');
  expect((await orphans(skipping)).orphans).toHaveLength(1);

  const profiled = await project({
    manifest: `${three}\nprofiles: { quick: { set: { KSampler.steps: 4 } } }`,
  });
  expect((await profiled.apply()).exit).toBe(0);
  expect((await profiled.apply('--profile', 'quick')).exit).toBe(0);
  expect((await orphans(profiled)).orphans).toEqual([]);
  profiled.manifest(three);
  expect((await orphans(profiled)).orphans).toHaveLength(3);
});

test('a manifest with errors: exit 2; an apply at work: exit 5; nothing is removed', async () => {
  const p = await project({ manifest: `${three}\n${named}`, emulator: { slots: 1 } });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 1);
  expect((await p.run('clean', '--orphans', '--yes')).exit).toBe(5);
  expect((await running.ended).exit).toBe(0);
  p.manifest(`${one.replace('set: {', 'set: { KSampler.nothing: 1,')}\n${named}`);
  expect((await p.run('clean', '--orphans', '--yes')).exit).toBe(2);
  p.manifest(`${one}\n${named}\nprofiles: { bad: { set: { KSampler.nothing: 1 } } }`);
  expect((await p.run('clean', '--orphans', '--yes')).err).toContain('profile "bad" has mistakes');
  p.manifest(`${one}\n${named}`);
  mkdirSync(join(p.dir, '.rh-batch/other'), { recursive: true });
  p.write('.rh-batch/other/journal.jsonl', 'garbage\nmore\n');
  expect((await p.run('clean', '--orphans', '--yes')).exit).toBe(2);
  expect(pngs(p)).toHaveLength(3);
});
