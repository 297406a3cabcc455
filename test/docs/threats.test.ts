import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

/** file → names of tests that a document calls by `test/….test.ts`: name, in a row of a table. */
const namedIn = (document: string): [how: string, file: string, name: string][] =>
  [...read(document).matchAll(/^\| (.+?) +\| `(test\/[\w/-]+\.test\.ts)`: (.+?) +\|$/gm)].map(
    ([, how = '', file = '', name = '']) => [how, file, name],
  );

/** How a test of this name begins in a file that has it and runs it. */
const isRun = (text: string, name: string): boolean => {
  if (/\b(?:describe|test|it)\.(?:only|skip|todo|fails)\b/.test(text)) return false;
  const quoted = [`'${name.replaceAll("'", "\\'")}'`, `"${name}"`, `\`${name}\``];
  return quoted.some((literal) => {
    const at = text.indexOf(literal);
    return (
      at !== -1 && /\b(?:test|it)(?:\.each(?:<[^]*?>)?\([^]*\))?\(\s*$/.test(text.slice(0, at))
    );
  });
};

const lists = [
  ['.github/SECURITY.md', 30],
  ['.github/PLATFORMS.md', 10],
] as const;

test.each(lists)('every row of %s has its test', (document, atLeast) => {
  const named = namedIn(document);
  expect(named.length).toBeGreaterThan(atLeast);
  const rows = read(document).match(/^\| (?!How|What|---).*\|$/gm) ?? [];
  expect(rows).toHaveLength(named.length);
  expect(new Set(named.map(([how]) => how)).size).toBe(named.length);
});

test.each(lists.flatMap(([document]) => namedIn(document)))('%s', (_how, file, name) => {
  expect(existsSync(`${root}/${file}`), file).toBe(true);
  expect(isRun(read(file), name), `${file}: ${name}`).toBe(true);
});

test('a test that is skipped, or that another one only mentions, does not count', () => {
  expect(isRun("test('a', () => {})", 'a')).toBe(true);
  expect(isRun("test.each([1])('a', () => {})", 'a')).toBe(true);
  expect(isRun("test.skip('a', () => {})", 'a')).toBe(false);
  expect(isRun("test('b', () => expect('a'))", 'a')).toBe(false);
});
