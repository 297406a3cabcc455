import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendPicks } from '../../src/batch/picks/picks-file.js';
import { lineOf } from '../../src/picks/mark.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { one } from '../support/proposed.js';
import { markOf, write } from './marks.js';

const project = projects();

const manifest = (seeds: string, more = ''): string =>
  `matrix: { prompt: [fox, heron], KSampler.seed: ${seeds} }\nset: { Positive Prompt.text: "\${{ prompt }}" }\n${more}`;

const drawn = async (): Promise<Project> => {
  const p = await project({ manifest: manifest('[1, 2]') });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  return p;
};

const seeds = (p: Project, from = 0): unknown[] =>
  p
    .received()
    .slice(from)
    .map((list) => list.find(({ fieldName }) => fieldName === 'seed')?.fieldValue);

test('picks lists what is marked, in words, as JSON and as CSV', async () => {
  const p = await drawn();
  expect((await p.run('picks')).out).toBe('no picture is marked\n');
  const [first, , third] = [0, 1, 2].map((at) => markOf(p, at, {}));
  write(p, [
    { ...third!, pick: 'rejected' },
    { ...first!, pick: 'picked' },
    { ...first!, stars: 4 },
  ]);
  const { out, exit } = await p.run('picks');
  expect(exit).toBe(0);
  const [one, two, , sum] = out.split('\n');
  expect(one).toMatch(/^picked {4}★★★★ {3}0000-.*\.png$/);
  expect(two).toMatch(/^rejected {9}0002-.*\.png$/);
  expect(sum).toBe('2 pictures marked · 1 picked · 1 rejected · 1 with stars');
  const json = JSON.parse((await p.run('picks', '--json')).out) as { pictures: object[] };
  expect(json.pictures).toMatchObject([
    { run: first!.run, pick: 'picked', stars: 4, standing: 'same', values: { prompt: 'fox' } },
    { run: third!.run, pick: 'rejected', stars: 0 },
  ]);
  const csv = (await p.run('picks', '--csv', '--where', 'stars>=4')).out.trim().split('\n');
  expect(csv[0]).toBe('path,pick,stars,markedAt,standing,id,name,index,prompt,KSampler.seed');
  expect(csv).toHaveLength(2);
  expect(csv[1]).toContain(',picked,4,');
});

test('of a picture the last line wins, and a pick keeps the stars that somebody else gave', async () => {
  const p = await drawn();
  const mark = markOf(p, 0, {});
  write(p, [
    { ...mark, pick: 'picked' },
    { ...mark, stars: 5 },
    { ...mark, pick: 'rejected' },
    { ...markOf(p, 1, {}), pick: 'picked' },
    { ...markOf(p, 1, {}), pick: 'none' },
  ]);
  const { pictures } = JSON.parse((await p.run('picks', '--json')).out) as { pictures: object[] };
  expect(pictures).toHaveLength(1);
  expect(pictures[0]).toMatchObject({ pick: 'rejected', stars: 5 });
});

test('a damaged line is told and costs no other one, also where a kill cut the last one short', async () => {
  const p = await drawn();
  const [a, b] = [markOf(p, 0, { pick: 'picked' }), markOf(p, 1, { pick: 'picked' })];
  const path = 'out/manifest/picks.jsonl';
  p.write(
    path,
    `${lineOf(a)}{"picks":1,"at":"yesterday"}\n\u0000\u0000\n${lineOf(b).slice(0, 60)}`,
  );
  await appendPicks(join(p.dir, path), [b]);
  const { exit, out, err } = await p.run('picks');
  expect(exit).toBe(0);
  expect(err).toContain('3 lines are no marks and are left out');
  expect(err).toContain('line 2: "at" is no time');
  expect(out).toContain('2 pictures marked');
  expect(p.read(path)).toContain('yesterday');
});

test('picked pictures are copied, linked and packed under their own names', async () => {
  const p = await drawn();
  write(p, [markOf(p, 0, { pick: 'picked' }), markOf(p, 3, { pick: 'picked', stars: 2 })]);
  const names = [0, 3].map((at) => p.results()[at]!.outputs[0]!.path);
  const told = await p.run('picks', '--copy', 'best', '--link', 'links', '--zip', 'best.zip');
  expect(told, told.err).toMatchObject({ exit: 0 });
  expect(told.out).toContain('2 pictures copied to best');
  expect(p.list('best')).toEqual(names);
  expect(p.list('links')).toEqual(names);
  for (const name of names) {
    const original = join(p.dir, 'out/manifest', name);
    expect(p.bytes(`best/${name}`)).toEqual(p.bytes(`out/manifest/${name}`));
    expect(statSync(join(p.dir, 'links', name)).ino).toBe(statSync(original).ino);
  }
});

// Another program reads the archive than the one that wrote it.
test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
  'other programs find whole pictures in the zip file',
  async () => {
    const p = await drawn();
    write(p, [markOf(p, 0, { pick: 'picked' }), markOf(p, 3, { pick: 'picked' })]);
    expect((await p.run('picks', '--zip', 'best.zip')).exit).toBe(0);
    const read =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip()); [print(n, len(z.read(n))) for n in z.namelist()]';
    const listed = execFileSync('python3', ['-c', read, join(p.dir, 'best.zip')], {
      encoding: 'utf8',
    });
    const names = [0, 3].map((at) => p.results()[at]!.outputs[0]!.path);
    expect(listed.trim().split(/\r?\n/)).toEqual([
      'None',
      ...names.map((name) => `${name} ${p.bytes(`out/manifest/${name}`).length}`),
    ]);
  },
);

test('copying again changes nothing, and no file of somebody else is replaced', async () => {
  const p = await drawn();
  write(p, [markOf(p, 0, { pick: 'picked' })]);
  const [name = ''] = p.results().map(({ outputs }) => outputs[0]!.path);
  p.write(`best/${name}`, 'mine');
  for (const way of ['--copy', '--link'] as const) {
    await p.run('picks', way, 'best');
    const after = p.list('best');
    await p.run('picks', way, 'best');
    expect(p.list('best')).toEqual(after);
  }
  expect(p.read(`best/${name}`)).toBe('mine');
  expect(p.list('best')).toHaveLength(2);
  expect(lstatSync(join(p.dir, 'best', name)).isFile()).toBe(true);
  p.write('notes.zip', 'my notes');
  const refused = await p.run('picks', '--zip', 'notes.zip');
  expect(refused.exit).toBe(6);
  expect(refused.err).toContain('is no zip file, and is left as it is');
  expect(p.read('notes.zip')).toBe('my notes');
});

test('what cannot be taken is told, and the rest is taken', async () => {
  const p = await drawn();
  write(p, [markOf(p, 0, { pick: 'picked' }), markOf(p, 1, { pick: 'picked' })]);
  p.remove(`out/manifest/${p.results()[0]!.outputs[0]!.path}`);
  const { exit, err, out } = await p.run('picks', '--copy', 'best');
  expect(exit).toBe(1);
  expect(err).toContain('is not there any more');
  expect(out).toContain('1 picture copied to best');
  write(p, []);
  expect(await p.run('picks', '--copy', 'none')).toMatchObject({ exit: 2 });
  expect(p.exists('none')).toBe(false);
});

test('--import takes over a saved file once, and refuses one of another batch in words', async () => {
  const p = await drawn();
  const marks = [markOf(p, 0, { pick: 'picked' }), markOf(p, 1, { stars: 3 })];
  write(p, marks, 'saved.jsonl');
  const first = await p.run('picks', '--import', 'saved.jsonl');
  expect(first, first.err).toMatchObject({ exit: 0 });
  expect(first.err).toContain('2 marks taken over');
  expect(first.out).toContain('2 pictures marked');
  const held = p.read('out/manifest/picks.jsonl');
  expect((await p.run('picks', '--import', 'saved.jsonl')).err).toContain('2 known already');
  expect(p.read('out/manifest/picks.jsonl')).toBe(held);

  write(
    p,
    marks.map((mark) => ({ ...mark, batch: 'portraits' })),
    'foreign.jsonl',
  );
  const foreign = await p.run('picks', '--import', 'foreign.jsonl');
  expect(foreign.exit).toBe(2);
  expect(foreign.err).toContain('is of the batch "portraits", not of "manifest"');
  write(
    p,
    marks.map((mark) => ({ ...mark, run: 'f'.repeat(16) })),
    'other.jsonl',
  );
  const other = await p.run('picks', '--import', 'other.jsonl');
  expect(other.exit).toBe(2);
  expect(other.err).toContain('marks no run that "manifest" has had');
  expect((await p.run('picks', '--import', 'nowhere.jsonl')).err).toContain('does not exist');
  expect(p.read('out/manifest/picks.jsonl')).toBe(held);
});

test('an imported mark that is older than the one of now changes nothing', async () => {
  const p = await drawn();
  const mark = markOf(p, 0, {});
  write(p, [{ ...mark, at: '2026-11-28T12:00:00.000Z', pick: 'rejected' }]);
  write(p, [{ ...mark, pick: 'picked', stars: 4 }], 'saved.jsonl');
  await p.run('picks', '--import', 'saved.jsonl');
  const { pictures } = JSON.parse((await p.run('picks', '--json')).out) as { pictures: object[] };
  expect(pictures[0]).toMatchObject({ pick: 'rejected', stars: 4 });
});

test('marks survive a run of the same inputs made again, and tell that its picture changed', async () => {
  const p = await drawn();
  write(p, [
    markOf(p, 0, { pick: 'picked' }),
    markOf(p, 1, { pick: 'picked', sha256: 'ab'.repeat(32) }),
  ]);
  await p.apply('--force', '--first', '1');
  const { out } = await p.run('picks');
  expect(out).toContain('2 picked');
  expect(out.split('\n')[1]).toMatch(/changed since it was marked$/);
  expect(out).toContain('1 changed since');
  const { err, exit } = await p.run('plan', '--picked');
  expect(exit).toBe(0);
  expect(err).toContain('--picked: 1 picture changed since it was marked');
});

test('apply --picked --profile final renders the rows that were picked, and no others', async () => {
  const p = await project({
    manifest: `${manifest('[1, 2]')}profiles: { final: { set: { KSampler.steps: 50 } } }`,
  });
  await p.apply();
  write(p, [
    markOf(p, 1, { pick: 'picked' }),
    markOf(p, 2, { pick: 'rejected', stars: 5 }),
    markOf(p, 3, { stars: 4 }),
  ]);
  const planned = await p.plan('--picked', '--profile', 'final');
  expect(planned.summary).toMatchObject({ total: 1, changed: 1 });
  const ended = await p.apply('--picked', '--profile', 'final');
  expect(ended, ended.err).toMatchObject({ exit: 0 });
  expect(seeds(p, 4)).toEqual([2]);
  const more = await p.apply('--profile', 'final', '--where', 'stars>=4');
  expect(more, more.err).toMatchObject({ exit: 0 });
  expect(seeds(p, 5).sort()).toEqual([1, 2]);
  // Once more there is nothing to pay.
  await p.apply('--picked', '--profile', 'final');
  expect(p.service.bill()).toHaveLength(7);
  expect(p.results().map(({ status }) => status)).toEqual([
    'pending',
    'succeeded',
    'succeeded',
    'succeeded',
  ]);
});

test('a profile with an axis more renders each picked row with all of its values', async () => {
  const p = await project({
    manifest: `${manifest('[1, 2]')}profiles: { final: { matrix: { KSampler.steps: [20, 40] } } }`,
  });
  await p.apply();
  write(p, [markOf(p, 2, { pick: 'picked' })]);
  const planned = await p.plan('--picked', '--profile', 'final');
  const sent = planned.runs.map(({ overrides }) => overrides.map(({ value }) => value));
  expect(sent).toEqual([
    expect.arrayContaining(['heron', 1, 20]),
    expect.arrayContaining(['heron', 1, 40]),
  ]);
});

test('without a pick apply --picked pays nothing and says why', async () => {
  const p = await drawn();
  const none = await p.apply('--picked');
  expect(none.exit).toBe(2);
  expect(none.err).toContain('--picked: no picture is marked');
  write(p, [markOf(p, 0, { pick: 'rejected' })]);
  expect((await p.apply('--picked')).err).toContain('none of the 1 picture marked is so');
  write(p, [markOf(p, 0, { pick: 'picked' }), markOf(p, 1, { pick: 'picked' })]);
  p.manifest(manifest('[1, 3]').replace('fox, heron', 'fox, hare'));
  const one = await p.plan('--picked');
  expect(one.summary).toMatchObject({ total: 1, upToDate: 1 });
  expect((await p.run('plan', '--picked')).err).toContain('1 row chosen no longer in the matrix');
  p.manifest(manifest('[8, 9]'));
  const gone = await p.apply('--picked');
  expect(gone.exit).toBe(2);
  expect(gone.err).toContain('none of the rows chosen is in this matrix');
  expect(p.service.bill()).toHaveLength(4);
});

test('the command that apply --picked proposes takes over what the page saved', async () => {
  const p = await drawn();
  const [, ...words] = one(await p.apply('--picked'), 'picks');
  write(p, [markOf(p, 1, { pick: 'picked' })], 'saved.jsonl');
  const told = await p.run(
    'picks',
    ...words.map((word) => (word === 'FILE' ? 'saved.jsonl' : word)),
  );
  expect(told, told.err).toMatchObject({ exit: 0 });
  expect((await p.plan('--picked')).summary).toMatchObject({ total: 1 });
});

test('a column of that name is a column: --where stars=4 is about it', async () => {
  const p = await project({
    manifest:
      'matrix: { stars: [3, 4], KSampler.seed: [1] }\nset: { Positive Prompt.text: "${{ stars }}" }',
  });
  expect((await p.plan('--where', 'stars=4')).summary).toMatchObject({ total: 1 });
});

test('--where stars=N chooses by stars where no column has the name', async () => {
  const p = await drawn();
  write(p, [markOf(p, 0, { stars: 4 }), markOf(p, 1, { stars: 5 })]);
  expect((await p.plan('--where', 'stars=4')).summary).toMatchObject({ total: 1 });
  expect((await p.plan('--where', 'stars>3', '--where', 'prompt=fox')).summary).toMatchObject({
    total: 2,
  });
});

test('a saved plan of picked rows is refused once other rows are picked', async () => {
  const p = await project({
    manifest: `${manifest('[1, 2]')}profiles: { final: { set: { KSampler.steps: 50 } } }`,
  });
  await p.apply();
  write(p, [markOf(p, 0, { pick: 'picked' })]);
  await p.run('plan', '--picked', '--profile', 'final', '--out', 'approved.json');
  write(p, [markOf(p, 0, { pick: 'picked' }), markOf(p, 1, { pick: 'picked' })]);
  expect((await p.run('apply', 'approved.json')).exit).toBe(2);
  write(p, [markOf(p, 0, { pick: 'picked' })]);
  expect(await p.run('apply', 'approved.json')).toMatchObject({ exit: 0 });
  expect(p.service.bill()).toHaveLength(5);
  expect(readFileSync(join(p.dir, 'approved.json'), 'utf8')).toContain('"picked": true');
});
