import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Beside, Files } from '../../src/edges/files/files.js';
import { nodeFiles } from '../../src/edges/files/node-files.js';
import { expand } from '../support/expand.js';
import { projects } from '../support/opened.js';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'rh-unread-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const project = projects();

const write = (path: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), path);
};
const link = (path: string, to: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  symlinkSync(to, join(dir, path));
};

/** What a glob finds and tells: each diagnostic in one line. */
const found = async (
  glob: string,
  files: Files = nodeFiles(),
): Promise<{ readonly values: readonly unknown[]; readonly told: readonly string[] }> => {
  const { values, problems } = await expand(`matrix: { a: { glob: ${glob} } }`, dir, 1000, files);
  return {
    values: values.map(({ a }) => a),
    told: problems.kept.map(({ severity, code, message, notes, hint }) =>
      [severity, code, message, ...notes, hint ?? ''].join(' | '),
    ),
  };
};

const repair = 'bring back what the link leads to (is a disk not connected?), or remove the link';

describe('a glob tells of links that lead nowhere', () => {
  test('by name, beside the files that are taken', async () => {
    write('l/a.png');
    link('l/b.png', '/nowhere/b.png');
    link('l/loop.png', 'loop.png');
    link('l/b.txt', '/nowhere/b.txt');
    link('l/good.png', 'a.png');
    const { values, told } = await found('"l/*.png"');
    expect(values).toEqual(['l/a.png', 'l/good.png']);
    expect(told).toEqual([
      `warning | E0370 | axis "a": 2 links are left out: they lead nowhere | l/b.png -> /nowhere/b.png | l/loop.png -> loop.png | ${repair}`,
    ]);
    rmSync(join(dir, 'l/b.png'));
    rmSync(join(dir, 'l/loop.png'));
    expect((await found('"l/*.png"')).told).toEqual([]);
  });

  test('and of a folder behind one, where the glob would look into it', async () => {
    write('l/a.png');
    link('l/more', '/nowhere/more');
    expect((await found('"l/*.png"')).told).toEqual([]);
    const { values, told } = await found('"l/**/*.png"');
    expect(values).toEqual(['l/a.png']);
    expect(told).toEqual([
      `warning | E0370 | axis "a": l/more is left out: it is a link that leads nowhere | l/more -> /nowhere/more | ${repair}`,
    ]);
  });

  test('in the one error, where nothing else matches', async () => {
    link('l/b.png', '/nowhere/b.png');
    expect((await found('"l/*.png"')).told).toEqual([
      `error | E0310 | axis "a": no file matches l/*.png: l/b.png is a link that leads nowhere | l/b.png -> /nowhere/b.png | ${repair}`,
    ]);
    expect((await found('"l/*.png", exclude: "l/b.png"')).told[0]).not.toContain('nowhere');
    link('gone', '/nowhere');
    expect((await found('"gone/*.png"')).told).toEqual([
      `error | E0310 | axis "a": no file matches gone/*.png: gone is a link that leads nowhere | gone -> /nowhere | ${repair}`,
    ]);
  });
});

describe('a glob tells why its folder gives nothing', () => {
  test('it is not there: the nearest one, or those that are', async () => {
    write('pics/spring/a.png');
    write('tables/a.csv');
    expect((await found('"pcis/*.png"')).told).toEqual([
      'error | E0310 | axis "a": no file matches pcis/*.png: there is no folder pcis | did you mean "pics"?',
    ]);
    expect((await found('"pics/sprung/*.png"')).told[0]).toMatch(
      /there is no folder pics\/sprung \| did you mean "pics\/spring"\?$/,
    );
    expect((await found('"../elsewhere-1/*.png"')).told[0]).toContain(
      'there is no folder ../elsewhere-1 |',
    );
    expect((await found('"inputs/*.png"')).told[0]).toMatch(
      /there is no folder inputs \| the folders beside the manifest are pics, tables; paths are/,
    );
  });

  test('it is a file', async () => {
    write('pics');
    expect((await found('"pics/*.png"')).told[0]).toMatch(
      /: pics is a file, not a folder \| write the folder that holds the files/,
    );
  });

  const files = (beside: Partial<Beside>): Files => {
    const real = nodeFiles();
    return { ...real, beside: async (...of) => ({ ...(await real.beside(...of)), ...beside }) };
  };
  const locked = { unread: [{ path: 'pics/mine', code: 'EACCES' }] };

  test('it cannot be read', async () => {
    expect((await found('"pics/**/*.png"', files(locked))).told).toEqual([
      'error | E0310 | axis "a": no file matches pics/**/*.png: the folder pics/mine cannot be read (EACCES) | let this user read it (chmod -R u+rX pics/mine), or run as the user whose file it is',
    ]);
    write('pics/a.png');
    const { values, told } = await found('"pics/**/*.png"', files(locked));
    expect(values).toEqual(['pics/a.png']);
    expect(told).toEqual([
      'warning | E0370 | axis "a": the files of pics/mine are left out: the folder cannot be read (EACCES) | let this user read it (chmod -R u+rX pics/mine), or run as the user whose file it is',
    ]);
  });

  test('as the system itself says of one', async () => {
    link('round', 'round');
    const beside = await nodeFiles().beside(dir, ['round/*.png'], []);
    expect(beside.unread).toEqual([{ path: 'round', code: 'ELOOP' }]);
  });
});

describe('a file that cannot be read is told with what to do', () => {
  test.each([
    ['set: { LoadImage.image: { asset: gone.png } }', 'gone.png is a link that leads nowhere'],
    ['set: { Positive Prompt.text: { file: gone.png } }', 'gone.png is a link that leads nowhere'],
    ['matrix: { rows: gone.png }', 'gone.png is a link that leads nowhere'],
    ['matrix: { Positive Prompt.text: { lines: gone.png } }', 'gone.png is a link that leads'],
  ])('a link that leads nowhere: %s', async (manifest, told) => {
    const p = await project({ manifest });
    symlinkSync('away.png', join(p.dir, 'gone.png'));
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toContain(told);
    expect(err).toContain('(-> away.png)');
    expect(err).toContain(`hint: ${repair}`);
  });

  test.each([
    ['matrix: { rows: t }', 'write the path of a table in it, such as t/p.csv'],
    ['set: { Positive Prompt.text: { file: t } }', 'write the path of a file in it'],
    ['matrix: { Positive Prompt.text: { lines: t } }', 'write the path of a file in it'],
  ])('a folder: %s', async (manifest, hint) => {
    const p = await project({ manifest, files: { 't/p.csv': 'KSampler.seed\n1\n' } });
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toContain('t is a folder, not a file');
    expect(err).toContain(`hint: ${hint}`);
  });

  test('a device', async () => {
    const p = await project({ manifest: 'set: { LoadImage.image: { asset: /dev/null } }' });
    expect((await p.run('validate')).err).toContain('hint: name a file: a device, a pipe');
  });

  test.each([
    ['in UTF-16', Buffer.from('\ufeffa cat', 'utf16le'), 'is not text in UTF-8'],
    ['with NUL characters', Buffer.from('a\0cat'), 'holds NUL characters'],
  ])('a text file %s', async (_, content, told) => {
    const p = await project({
      manifest: 'set: { Positive Prompt.text: { file: a.txt } }',
      files: { 'a.txt': content },
    });
    const { err } = await p.run('validate');
    expect(err).toContain(`a.txt ${told}`);
    expect(err).toContain('hint: save it as text in UTF-8');
  });
});
