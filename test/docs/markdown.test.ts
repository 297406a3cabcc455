import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exit } from '../../src/batch/exit.js';
import { commands } from '../../src/commands/table.js';
import { Problems } from '../../src/diagnostics/problems.js';
import { loadManifest } from '../../src/manifest/load.js';
import { errorTable } from '../../src/runninghub/error-table.js';
import { syntaxes } from '../../src/targets/targets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const folders = [
  '',
  'manifests',
  'manifests/ci',
  'manifests/container',
  'manifests/listen',
  'schemas',
  'src',
  '.github',
];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

interface Block {
  readonly language: string;
  readonly text: string;
}
const fence = /^( *)```(\w*)\n([^]*?)^ *```$/gm;
const blocksOf = (text: string): Block[] =>
  [...text.matchAll(fence)].map(([, indent = '', language = '', body = '']) => ({
    language,
    text: body
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n'),
  }));
const prose = (text: string): string => text.replace(fence, '');
const inlineCode = (text: string): string[] =>
  [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|'));
const linksOf = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
const headingsOf = (text: string): { readonly level: number; readonly anchor: string }[] =>
  [...prose(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    // As GitHub makes them.
    anchor: title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  }));

test('the documents are where they are looked for', () => {
  expect(files.sort()).toEqual(
    [
      '.github/CONTRIBUTING.md',
      '.github/PLATFORMS.md',
      '.github/SECURITY.md',
      'CHANGELOG.md',
      'README.md',
      'README.zh-CN.md',
      'manifests/README.md',
      'manifests/ci/README.md',
      'manifests/container/README.md',
      'manifests/listen/README.md',
      'schemas/ERRORS.md',
      'schemas/REFERENCE.md',
      'src/README.md',
    ].sort(),
  );
});

describe.each(files)('%s', (file) => {
  const text = read(file);

  test('every relative link and every anchor leads somewhere', () => {
    const dead = linksOf(text).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const to = path === '' ? file : join(dirname(file), decodeURI(path));
      if (!existsSync(join(root, to))) return true;
      if (anchor === undefined) return false;
      return (
        statSync(join(root, to)).isDirectory() ||
        !headingsOf(read(to)).some((heading) => heading.anchor === decodeURI(anchor))
      );
    });
    expect(dead).toEqual([]);
  });

  test('every command exists with its options', () => {
    const known = (name: string): string[] | null =>
      commands
        .find((command) => command.name === name)
        ?.options.flatMap(({ flags }) => flags.match(/--?[a-z][\w-]*/g) ?? [])
        .concat('--help', '-h') ?? null;
    const wrong: string[] = [];
    for (const code of [...blocksOf(text).map((block) => block.text), ...inlineCode(text)])
      for (const [call, name = '', words = ''] of code.matchAll(
        /\brh-batch ([\w-]+)([^|&>#\n]*)/g,
      )) {
        if (name === 'COMMAND' || /^--(?:help|version)$/.test(name)) continue;
        const flags = known(name);
        const used = words.match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
        if (flags === null || used.some((flag) => !flags.includes(flag))) wrong.push(call);
      }
    const all = commands.flatMap(({ name }) => known(name) ?? []);
    const alone = inlineCode(text).flatMap((code) => /^--[a-z][\w-]*/.exec(code) ?? []);
    expect([...wrong, ...alone.filter((flag) => !all.includes(flag))]).toEqual([]);
  });

  test('every manifest in it is valid', () => {
    for (const { language, text: manifest } of blocksOf(text)) {
      if (language !== 'yaml') continue;
      const problems = new Problems();
      loadManifest(
        {
          file: file,
          dir: root,
          text: manifest,
          vars: new Map(),
          profile: null,
          targets: syntaxes,
        },
        problems,
      );
      expect(problems.kept, manifest).toEqual([]);
    }
  });
});

test('the check sees commands, manifests and links', () => {
  const text = read('README.md');
  expect(linksOf(text).length).toBeGreaterThan(15);
  expect(blocksOf(text).filter(({ language }) => language === 'yaml').length).toBeGreaterThan(3);
  expect(inlineCode(text).filter((code) => code.startsWith('rh-batch ')).length).toBeGreaterThan(
    10,
  );
});

test('the README is read in five minutes', () => {
  expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(12_000);
});

test('the reference names every command', () => {
  const named = inlineCode(read('schemas/REFERENCE.md')).map((code) => code.split(' ')[0]);
  expect(commands.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test('the table of errors is what the program says', () => {
  expect(() =>
    execFileSync(process.execPath, ['schemas/errors.mjs', '--check'], { cwd: root }),
  ).not.toThrow();
  const rows = [...read('schemas/ERRORS.md').matchAll(/^\| (\S.*?) \| (.*?) \|/gm)];
  const about = new Map(rows.map(([, code = '', meaning = '']) => [code, meaning]));
  for (const [code, row] of Object.entries(errorTable))
    if (/^-?\d+$/.test(code)) expect(about.get(code)).toBe(row.about);
  const exits = [...about.keys()].flatMap((code) =>
    /^(?:\d|70|130, 143)$/.test(code) ? code.split(', ').map(Number) : [],
  );
  expect(new Set(exits)).toEqual(new Set([...Object.values(exit), 1]));
});

test('both READMEs tell the same', () => {
  const [english, chinese] = [read('README.md'), read('README.zh-CN.md')];
  const levels = (text: string): number[] => headingsOf(text).map(({ level }) => level);
  expect(levels(chinese)).toEqual(levels(english));

  // Comments are translated, and so is what is drawn.
  const code = (text: string): string[] =>
    blocksOf(text).map(({ language, text: body }) =>
      language === '' ? '' : `${language}\n${body.replace(/ *#(?! yaml-).*$/gm, '')}`,
    );
  expect(code(chinese)).toEqual(code(english));

  const targets = (text: string): string[] =>
    linksOf(text)
      .filter((target) => !/^README/.test(target))
      .map((target) => (target.startsWith('#') ? '#' : target));
  expect(targets(chinese)).toEqual(targets(english));

  const rowsOf = (text: string): number => (prose(text).match(/^\|/gm) ?? []).length;
  const points = (text: string): number => (prose(text).match(/^- |^\d\. /gm) ?? []).length;
  expect([rowsOf(chinese), points(chinese)]).toEqual([rowsOf(english), points(english)]);
});
