import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { expand } from '../support/expand.js';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rh-globs-'));
  dir = join(root, 'project');
  mkdirSync(dir);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (...paths: string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), path);
  }
};
const link = (path: string, to: string): void => symlinkSync(to, join(dir, path));

const found = async (
  glob: string,
): Promise<{ values: (string | null | undefined)[]; told: readonly Diagnostic[] }> => {
  const { values, problems } = await expand(`matrix: { a: { glob: ${glob} } }`, dir);
  return { values: values.map(({ a }) => a), told: problems.kept };
};
const words = (told: readonly Diagnostic[]): string[] =>
  told.map(({ severity, code, message, notes, hint }) =>
    [severity, code, message, ...notes, hint ?? ''].join(' | '),
  );

describe('a glob tells what it leaves out', () => {
  test('files that fit in another letter case only, with a glob that takes them', async () => {
    write('pics/a.png', 'pics/b.PNG', 'pics/c.Png', 'pics/d.txt');
    const { values, told } = await found('"pics/*.png"');
    expect(values).toEqual(['pics/a.png']);
    expect(words(told)).toEqual([
      'warning | E0370 | axis "a": 2 files are left out: they fit the glob in another letter case only | pics/b.PNG, pics/c.Png | glob: ["pics/*.png", "pics/*.PNG", "pics/*.Png"] takes them, too',
    ]);
    const again = await found('["pics/*.png", "pics/*.PNG", "pics/*.Png"]');
    expect([again.values, again.told]).toEqual([['pics/a.png', 'pics/b.PNG', 'pics/c.Png'], []]);
  });

  test('a folder in another letter case, before the error that nothing matches', async () => {
    write('Pics/a.png');
    const { told } = await found('"pics/*.png"');
    expect(words(told)).toEqual([
      expect.stringMatching(
        /^warning \| E0370 .*Pics\/a\.png is left out: .* in the case that the/,
      ),
      expect.stringMatching(/^error \| E0310 /),
    ]);
  });

  test('what systems and office programs put beside the files, unless it is asked for', async () => {
    write('in/a.png', 'in/Thumbs.db', 'in/desktop.ini', 'in/~$a.docx', 'in/thumbs.db.png');
    const { values, told } = await found('"in/*"');
    expect(values).toEqual(['in/a.png', 'in/thumbs.db.png']);
    expect(words(told)).toEqual([
      'notice | E0370 | axis "a": 3 files are left out: the system keeps its own notes in them | in/Thumbs.db, in/desktop.ini, in/~$a.docx | ',
    ]);
    const named = await found('"in/desktop.ini"');
    expect([named.values, named.told]).toEqual([['in/desktop.ini'], []]);
  });

  test('a folder of nothing else has no file that matches', async () => {
    write('in/Thumbs.db');
    const { told } = await found('"in/*"');
    expect(words(told).at(-1)).toMatch(/E0310 .*no file that is not left out matches in\/\*/);
  });

  test('links that leave the folder or lead back; links inside stay', async () => {
    write('in/a.png', 'else/b.png');
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/x.png'), 'x');
    link('in/out.png', join(root, 'other/x.png'));
    link('in/folder', join(root, 'other'));
    link('in/inside.png', '../else/b.png');
    link('in/loop', '.');
    const { values, told } = await found('"in/**/*.png"');
    expect(values).toEqual(['in/a.png', 'in/inside.png']);
    expect(words(told)).toEqual([
      expect.stringMatching(
        /^warning .*4 files .*links lead out of .* in\/folder\/x\.png, .*in\/out\.png/,
      ),
      expect.stringMatching(/^notice .*links lead back .*in\/loop\/a\.png/),
    ]);
    const named = await found('["in/a.png", "../other/*.png"]');
    expect([named.values, named.told]).toEqual([['../other/x.png', 'in/a.png'], []]);
  });

  test('a folder that is itself a link is what was named', async () => {
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/x.png'), 'x');
    link('pics', join(root, 'other'));
    const { values, told } = await found('"pics/*.png"');
    expect([values, told]).toEqual([['pics/x.png'], []]);
  });
});

const project = projects();

test('a file in a loader that neither bytes nor name make a picture is told once; one by its name is not', async () => {
  const p = await project({
    manifest: 'matrix: { LoadImage.image: { glob: "pics/*" }, KSampler.seed: [1, 2] }',
    files: {
      'pics/a.png': pixel(1),
      'pics/b.tga': Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 1]),
      'pics/notes.txt': 'hello',
      'pics/Thumbs.db': 'x',
    },
  });
  const { exit, out, err } = await p.run('plan');
  expect(exit).toBe(0);
  expect(out).toContain('6 runs: 6 to run');
  expect(err).toMatch(/warning: pics\/notes\.txt is not known as an image .* \(in 2 runs\)$/m);
  expect(err).toMatch(/notice: axis .*pics\/Thumbs\.db is left out/);
  expect(err).not.toContain('b.tga');
});
