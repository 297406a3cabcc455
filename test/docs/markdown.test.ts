import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exit } from '../../src/batch/exit.js';
import { commands } from '../../src/commands/table.js';
import { Problems } from '../../src/diagnostics/problems.js';
import { loadManifest } from '../../src/manifest/load.js';
import { errorTable } from '../../src/runninghub/errors.js';
import { syntaxes } from '../../src/targets/targets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const files = ['', 'manifests', 'schemas', 'src', '.github'].flatMap((folder) =>
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
      '.github/SECURITY.md',
      'CHANGELOG.md',
      'README.md',
      'README.zh-CN.md',
      'manifests/README.md',
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

describe.each(['README.md', 'README.zh-CN.md'])('%s agrees with the code', (file) => {
  const rows = [...read(file).matchAll(/^\| (.+?) +\|(.*)\|$/gm)].map(
    ([, first = '', rest = '']) => [first, rest.split(' | ')[0]?.trim()] as const,
  );

  test('on the codes of the service', () => {
    const codes = rows.filter(([first]) => /^-?\d{3,4}(?:(?:, |、)-?\d+)*$/.test(first));
    expect(codes.length).toBeGreaterThan(20);
    for (const [first, meaning] of codes)
      for (const code of first.split(/, |、/)) {
        // SIGINT and SIGTERM stand in the table of exit codes.
        if (code === '130' || code === '143') continue;
        expect(errorTable, code).toHaveProperty([code]);
        if (file === 'README.md') expect(meaning).toBe(errorTable[code]?.about);
      }
  });

  test('on the commands', () => {
    const named = inlineCode(read(file)).map((code) => code.split(' ')[0]);
    expect(commands.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
  });

  test('on the exit codes', () => {
    const told = rows.flatMap(([first]) =>
      /^(?:\d|70|130.*)$/.test(first) ? first.split(/, |、/).map(Number) : [],
    );
    expect(new Set(told)).toEqual(new Set(Object.values(exit)));
  });
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
