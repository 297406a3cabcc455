import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project, ProjectOptions } from '../support/project.js';
import { pixel } from '../support/graph.js';

const project = projects();

/** Values, twins (eight places apart), a failure, a column that looks like a number, a file, a row to be skipped. */
const batch: ProjectOptions = {
  manifest: [
    'name: hero',
    'matrix: { rows: prompts.csv, KSampler.seed: [1, 2] }',
    'set: { Positive Prompt.text: "${{ prompt }}", KSampler.steps: "${{ matrix[\'10\'] }}" }',
    'run: { tags: [nightly] }',
    'report: { title: Hero shots }',
  ].join('\n'),
  files: {
    'prompts.csv': [
      'prompt,LoadImage.image,10,_skip',
      'a fox,a.png,20,',
      'a heron,b.png,21,',
      'left out,a.png,20,yes',
      '[emulate:oom],a.png,20,',
      'a fox,a.png,20,',
      '"=1+1, ""狐狸""",b.png,30,',
      '',
    ].join('\n'),
    'a.png': pixel(1),
    'b.png': pixel(2),
  },
};

/** A shard as another machine would do it: own state, own outputs; then packed as CI would. */
const applyShard = async (
  p: Project,
  index: number,
  count: number,
  ...more: string[]
): Promise<number> => {
  const machine = `machines/${index}`;
  const { exit } = await p.apply(
    '--shard',
    `${index}/${count}`,
    '--state-dir',
    `${machine}/.rh-batch`,
    '--out-dir',
    `${machine}/out/hero`,
    ...more,
  );
  return exit;
};

const applyShards = async (p: Project, count: number): Promise<void> => {
  for (let index = 1; index <= count; index += 1) await applyShard(p, index, count);
};

/** What no two applies have in common: tasks, times, what depends on them, and the links. */
const alike = (text: string): string =>
  text
    .replace(/"(taskId|url|submittedAt|finishedAt)":"[^"]*"/g, '"$1":""')
    .replace(/"(queueMs|runMs|coins|money)":[\d.]+/g, '"$1":0')
    .replace(/"sha256":"[0-9a-f]{64}"|"bytes":\d+/g, '')
    .replace(/name="taskId" value="\d+"/g, '')
    .replace(/ (time|timestamp)="[^"]*"/g, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
    .replace(/(?<=[,|])\d{19}(?=,)/g, '');

const read = (p: Project, path: string): string => readFileSync(join(p.dir, path), 'utf8');

describe('a merged report equals the report of the whole', () => {
  test.each([1, 2, 3, 4, 7, 20])('%i shards', async (count) => {
    const p = await project(batch);
    // Equal rows are one run inside a shard only.
    if (8 % count !== 0)
      p.write('prompts.csv', p.read('prompts.csv').replace(/a fox(?=.*\n"=)/, 'an otter'));
    expect((await p.apply()).exit).toBe(1);
    await applyShards(p, count);
    const merged = await p.run('merge', 'machines', '--copy', '--out-dir', 'all');
    expect(merged).toMatchObject({ exit: 1, err: '' });
    for (const name of ['results.jsonl', 'junit.xml'])
      expect(alike(read(p, `all/${name}`))).toBe(alike(read(p, `out/hero/${name}`)));
    expect(csv(read(p, 'all/results.csv'))).toEqual(csv(read(p, 'out/hero/results.csv')));
    const { counts, assets, exitCode, stop, name } = p.summary('all');
    const whole = p.summary('out/hero');
    expect({ counts, exitCode, stop, name }).toEqual({
      counts: whole['counts'],
      exitCode: 1,
      stop: null,
      name: 'hero',
    });
    expect(assets).toMatchObject({ referenced: 10, unique: 2 });
    expect(p.summary('all')).toMatchObject({ submits: whole['submits'] });
    for (const { outputs } of p.results('all'))
      for (const { path, bytes } of outputs) expect(p.bytes(`all/${path}`)).toHaveLength(bytes);
    expect(read(p, 'all/report.html')).toContain('<h1>Hero shots</h1>');
  });
});

/** Without the columns of tasks and times. */
const csv = (text: string): string[][] => {
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const volatile = new Set(['taskId', 'queueMs', 'runMs', 'coins', 'money', 'submittedAt']);
  const from = (header ?? []).length;
  return [header ?? [], ...rows].map((cells) =>
    cells.filter((_, at) => {
      const fromEnd = at - cells.length + from;
      const name = at < 9 ? header?.[at] : header?.[fromEnd];
      return !volatile.has(name ?? '') && name !== 'finishedAt';
    }),
  );
};

test('outputs stay where they are and are referred to; nothing in a shard is changed', async () => {
  const p = await project(batch);
  await applyShards(p, 2);
  const before = p.list('machines');
  expect((await p.run('merge', 'machines/1', 'machines/2/.rh-batch/hero')).exit).toBe(1);
  expect(p.list('machines')).toEqual(before);
  const paths = p.results('out/hero-merged').flatMap(({ outputs }) => outputs);
  expect(paths[0]?.path).toMatch(/^\.\.\/\.\.\/machines\/\d\/out\/hero\//);
  for (const { path, bytes } of paths)
    expect(p.bytes(`out/hero-merged/${path}`)).toHaveLength(bytes);
  expect(p.list('out/hero-merged').filter((name) => name.endsWith('.png'))).toEqual([]);
});

test('runs that a shard did not get to are pending, with the reason, as in its own report', async () => {
  const p = await project({
    manifest:
      'name: hero\nmatrix: { KSampler.seed: { from: 1, to: 9 } }\nbudget: { coins: 1 }\nexecution: { concurrency: 1 }',
  });
  await applyShard(p, 1, 2);
  await applyShard(p, 2, 2);
  expect((await p.run('merge', 'machines', '--out-dir', 'all')).exit).toBe(1);
  const merged = p.results('all');
  const own = [1, 2].flatMap((index) => p.results(`machines/${index}/out/hero`));
  expect(merged.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(merged.map(({ status }) => status)).toContain('pending');
  for (const { index, status } of merged)
    expect(own.find((run) => run.index === index)).toMatchObject({ status });
  expect(p.summary('all')).toMatchObject({ exitCode: 3 });
  expect(String(p.summary('all')['stop'])).toMatch(/^shard 1\/2: .*; shard 2\/2: /);
});

test('a shard with nothing left to do can be merged: its runs are reused', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3, 4] }' });
  await applyShards(p, 2);
  const requests = p.service.requests().length;
  expect(await applyShard(p, 2, 2)).toBe(0);
  expect(p.service.requests()).toHaveLength(requests);
  expect((await p.run('merge', 'machines', '--out-dir', 'all')).exit).toBe(0);
  expect(p.results('all').map(({ reused }) => reused)).toEqual([false, true, false, true]);
  expect(p.summary('all')).toMatchObject({ submits: 2, counts: { total: 4, reused: 2 } });
});

test('a later apply of a part of a shard leaves the rest of it known', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3, 4] }' });
  await applyShards(p, 2);
  await applyShard(p, 1, 2, '--first', '1', '--force');
  expect((await p.run('merge', 'machines', '--out-dir', 'all')).exit).toBe(0);
  expect(p.results('all')).toHaveLength(4);
});

test('the state of a shard whose process was killed shows what is unknown', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3, 4] }' });
  await applyShards(p, 2);
  const journal = 'machines/1/.rh-batch/hero/journal.jsonl';
  const lines = read(p, journal).trimEnd().split('\n');
  const from = lines.findIndex((line) => line.includes('"type":"intent"'));
  p.write(journal, `${lines.slice(0, from + 1).join('\n')}\n{"type":"acc`);
  const merged = await p.run('merge', 'machines', '--out-dir', 'all');
  expect(merged.exit).toBe(1);
  expect(merged.err).toContain('shard 1/2 did not come to an orderly end');
  expect(p.results('all').map(({ status }) => status)).toEqual([
    'unknown',
    'succeeded',
    'pending',
    'succeeded',
  ]);
  expect(p.summary('all')).toMatchObject({ exitCode: null, finishedAt: null });
});

describe('what does not belong together is an error, and nothing is written', () => {
  const merged = async (p: Project, ...argv: string[]): Promise<string> => {
    const { exit, err } = await p.run('merge', ...argv, '--out-dir', 'all');
    expect(exit, err).toBe(2);
    expect(p.exists('all')).toBe(false);
    expect(err).not.toMatch(/\n\s+at /);
    return err;
  };
  const four = { manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3, 4, 5, 6] }' };

  test('a missing shard', async () => {
    const p = await project(four);
    await applyShard(p, 2, 4);
    expect(await merged(p, 'machines')).toContain('shards 1/4, 3/4, 4/4 are missing');
  });

  test('a shard that is given twice', async () => {
    const p = await project(four);
    await applyShards(p, 2);
    cpSync(join(p.dir, 'machines/1'), join(p.dir, 'machines/again'), { recursive: true });
    expect(await merged(p, 'machines')).toContain('shard 1/2 is given twice');
  });

  test.each<[string, string, (p: Project) => void]>([
    ['another manifest', 'manifest: ', (p) => p.manifest(`${four.manifest} # changed`)],
    [
      'another batch',
      'batch: hero, there other',
      (p) => p.manifest(four.manifest.replace('hero', 'other')),
    ],
    [
      'another graph',
      'its plan: tables, api.json',
      (p) => p.write('api.json', p.read('api.json').replace('"steps": 20', '"steps": 21')),
    ],
  ])('%s', async (_, said, change) => {
    const p = await project(four);
    await applyShard(p, 2, 2);
    change(p);
    await applyShard(p, 1, 2);
    const err = await merged(p, 'machines');
    expect(err).toContain('is no shard of the batch in');
    expect(err).toContain(said);
  });

  test('another table, another --var, another number of shards', async () => {
    const p = await project({
      manifest:
        'name: hero\nvars: { style: oil }\nmatrix: { rows: a.csv }\nset: { Positive Prompt.text: "${{ prompt }} ${{ vars.style }}" }',
      files: { 'a.csv': 'prompt\nfox\nheron\n' },
    });
    await applyShard(p, 1, 2);
    await applyShard(p, 2, 2, '--var', 'style=ink');
    expect(await merged(p, 'machines')).toContain('its plan: ');
    p.write('a.csv', 'prompt\nfox\notter\n');
    await applyShard(p, 2, 2);
    expect(await merged(p, 'machines')).toContain('its plan: ');
    await applyShard(p, 2, 3);
    expect(await merged(p, 'machines')).toContain('number of shards: 3, there 2');
  });

  test('another account', async () => {
    const p = await project(four);
    await applyShard(p, 1, 2);
    p.write('other.env', 'RUNNINGHUB_API_KEY=ffffffffffffffffffffffffffffffff\n');
    await applyShard(p, 2, 2, '--env-file', 'other.env');
    expect(await merged(p, 'machines')).toMatch(/account: [0-9a-f]{16}, there [0-9a-f]{16}/);
  });

  test('a shard whose journal does not tell all of its runs', async () => {
    const p = await project(four);
    await applyShard(p, 1, 2);
    await applyShard(p, 2, 2);
    // As an older version wrote it after an apply of a part.
    const path = 'machines/2/.rh-batch/hero/journal.jsonl';
    const lines = p.read(path).split('\n');
    const planned = lines.filter((line) => line.includes('"planned"'));
    p.write(path, lines.filter((line) => !planned.slice(1).includes(line)).join('\n'));
    expect(await merged(p, 'machines')).toContain('shard 2/2 was applied to 1 of its 3 runs');
  });

  test('a whole batch, an empty folder, no folder, a damaged journal, an older version', async () => {
    const p = await project(four);
    await p.apply();
    expect(await merged(p, '.')).toContain('is of the whole batch, not of a shard');
    mkdirSync(join(p.dir, 'empty'));
    const err = await merged(p, 'empty', 'nowhere');
    expect(err).toContain('empty holds no journal');
    expect(err).toContain('nowhere is no folder that can be read');
    p.write('broken/journal.jsonl', 'nonsense\n{}\n');
    expect(await merged(p, 'broken')).toContain('journal.jsonl:1 is damaged');
    const [line = ''] = p.read('.rh-batch/hero/journal.jsonl').split('\n');
    const { scope: _, ...old } = JSON.parse(line) as Record<string, unknown>;
    p.write('old/journal.jsonl', `${JSON.stringify({ ...old, version: 1 })}\n`);
    expect(await merged(p, 'old')).toContain('could not be merged yet');
  });
});

test('the folder of a shard is no place for the merged report', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2] }' });
  await applyShards(p, 2);
  const before = p.read('machines/1/out/hero/results.jsonl');
  const { exit, err } = await p.run('merge', 'machines', '--out-dir', 'machines/1/out/hero');
  expect(exit).toBe(2);
  expect(err).toContain("--out-dir is the outputs' folder of shard 1/2");
  expect(p.read('machines/1/out/hero/results.jsonl')).toBe(before);
});

test('copies replace nothing, and a second merge copies nothing again', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2] }' });
  await applyShards(p, 2);
  const [first] = p.results('machines/1/out/hero');
  const name = first?.outputs[0]?.path ?? '';
  p.write(`all/${name}`, 'mine');
  expect((await p.run('merge', 'machines', '--copy', '--out-dir', 'all')).exit).toBe(0);
  expect(p.read(`all/${name}`)).toBe('mine');
  expect(p.results('all')[0]?.outputs[0]?.path).toBe(name.replace('.png', '-2.png'));
  const listed = p.list('all');
  expect((await p.run('merge', 'machines', '--copy', '--out-dir', 'all')).exit).toBe(0);
  expect(p.list('all')).toEqual(listed);
});

test('outputs that are missing or changed are told, and the report does not claim them', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3] }' });
  await applyShards(p, 1);
  const [lost, changed] = p.results('machines/1/out/hero').map(({ outputs }) => outputs[0]?.path);
  p.remove(`machines/1/out/hero/${lost}`);
  const bytes = p.bytes(`machines/1/out/hero/${changed}`);
  p.write(`machines/1/out/hero/${changed}`, new Uint8Array(bytes.length));
  const { exit, err } = await p.run('merge', 'machines', '--copy', '--out-dir', 'all');
  expect(exit).toBe(0);
  expect(err).toContain('2 outputs of shard 1/1 left out');
  expect(err).toContain(`${lost} is not there`);
  expect(err).toContain(`${changed} is not as it was saved`);
  expect(p.results('all').map(({ outputs }) => typeof outputs[0]?.path)).toEqual([
    'object',
    'object',
    'string',
  ]);
});

test('a journal from elsewhere reads no file outside its outputs', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1] }' });
  await applyShards(p, 1);
  const [run] = p.results('machines/1/out/hero');
  const path = run?.outputs[0]?.path ?? '';
  const journal = 'machines/1/.rh-batch/hero/journal.jsonl';
  p.write('machines/1/out/secret', p.bytes(`machines/1/out/hero/${path}`));
  p.write(journal, read(p, journal).replaceAll(`"path":"${path}"`, '"path":"../secret"'));
  const { err } = await p.run('merge', 'machines', '--copy', '--out-dir', 'deep/er/all');
  expect(err).toContain('../secret would leave its folder');
  expect(p.list('deep')).not.toContain('secret');
});

test('artifacts may hold state and outputs apart from where they were', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2] }' });
  await applyShards(p, 2);
  for (const index of [1, 2]) {
    cpSync(join(p.dir, `machines/${index}/.rh-batch/hero`), join(p.dir, `got/s${index}/state`), {
      recursive: true,
    });
    cpSync(join(p.dir, `machines/${index}/out/hero`), join(p.dir, `got/s${index}/files`), {
      recursive: true,
    });
  }
  p.remove('machines');
  const merged = await p.run('merge', 'got', '--out-dir', 'all', '--json');
  expect(merged).toMatchObject({ exit: 0, err: '' });
  expect(JSON.parse(merged.out)).toMatchObject({ name: 'hero', outputs: { files: 2 } });
  expect(p.results('all')[1]?.outputs[0]?.path).toMatch(/^\.\.\/got\/s2\/files\//);
});

test('report after the fact tells submits, uploads and requests as the apply did', async () => {
  const p = await project(batch);
  await p.apply();
  const own = p.summary('out/hero');
  await p.run('report');
  const { finishedAt, durationMs, startedAt, ...again } = p.summary('out/hero');
  expect(own).toMatchObject(again);
  expect([finishedAt, durationMs, startedAt]).not.toContain(null);
});
