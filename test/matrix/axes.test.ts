import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import type { Scope } from '../../src/template/template.js';
import { evaluate, parseTemplate } from '../../src/template/template.js';
import type { Datum } from '../../src/values/datum.js';
import { text } from '../../src/values/datum.js';
import { expand } from '../support/expand.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-matrix-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const write = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
};
const column = async (matrix: string, name = 'a'): Promise<(string | null | undefined)[]> =>
  (await expand(matrix, dir)).values.map((values) => values[name]);
const firstError = async (matrix: string, maxRuns = 1000): Promise<string> => {
  const { problems } = await expand(matrix, dir, maxRuns);
  const [first] = problems.kept.filter(({ severity }) => severity === 'error');
  return first === undefined
    ? 'none'
    : `${first.code} ${first.at?.file ?? ''}:${first.at?.line ?? 0} ${first.message} ${first.hint ?? ''}`;
};

test.each<[string, string[]]>([
  ['{ from: 1, to: 4 }', ['1', '2', '3', '4']],
  ['{ from: 0.1, to: 0.5, step: 0.1 }', ['0.1', '0.2', '0.3', '0.4', '0.5']],
  ['{ from: 5, to: 1, step: -2 }', ['5', '3', '1']],
  ['{ from: 1, count: 3, step: 0.25 }', ['1.00', '1.25', '1.50']],
  ['{ from: 18446744073709551614, count: 2 }', ['18446744073709551614', '18446744073709551615']],
  ['{ random: 3, min: 5, max: 5, seed: 1 }', ['5', '5', '5']],
  ['[x, 007, 1.0, "", no]', ['x', '007', '1.0', '', 'no']],
])('the axis %s', async (axis, expected) => {
  expect(await column(`matrix: { a: ${axis} }`)).toEqual(expected);
});

test('random values are the same for ever, and stay within 64 bits', async () => {
  const axis = 'matrix: { a: { random: 3, min: 0, max: 18446744073709551615, seed: 2026 } }';
  expect(await column(axis)).toEqual(await column(axis));
  expect(await column(axis)).toMatchInlineSnapshot(`
    [
      "12807492203864561304",
      "9612197753009214815",
      "3078516593199134602",
    ]
  `);
});

test.each([
  ['{ from: 1, to: 5, step: 0 }', /E0309 .*step of 0/],
  ['{ from: 5, to: 1 }', /E0309 .*negative step/],
  ['{ from: x, to: 1 }', /E0309 .*not a decimal/],
  ['{ random: 2, min: 9, max: 1, seed: 1 }', /E0309/],
  ['{ glob: "*.nothing" }', /E0310 .*no file matches/],
  ['{ lines: none.txt }', /E0301 .*does not exist/],
])('the axis %s is refused', async (axis, words) => {
  expect(await firstError(`matrix: { a: ${axis} }`)).toMatch(words);
});

test('glob sorts by bytes, leaves out what exclude says, and never takes outputs', async () => {
  for (const path of ['in/b.png', 'in/A.png', 'in/ä.png', 'in/draft.png']) write(path, 'x');
  expect(await column('matrix: { a: { glob: "in/*.png", exclude: "in/draft*" } }')).toEqual([
    'in/A.png',
    'in/b.png',
    'in/ä.png',
  ]);
  write('out/x.png', 'x');
  expect(await firstError('matrix: { a: { glob: "**/*.png" } }')).toMatch(/E0316 .*is an output/);
});

test('zip advances together and multiplies with the rest; unequal lengths are told', async () => {
  const { values } = await expand('matrix: { zip: { a: [1, 2], b: [x, y] }, c: [p, q] }');
  expect(values.map((row) => Object.values(row).join(''))).toEqual(['1xp', '1xq', '2yp', '2yq']);
  expect(await firstError('matrix: { zip: { a: [1, 2], b: [x] } }')).toMatch(
    /E0311 .*"a" has 2 values, "b" has 1/,
  );
});

test('size: refused by its axes, sampled without walking, repeated', async () => {
  const huge = 'a: { from: 1, to: 1000000 }, b: { from: 1, to: 1000000 }';
  expect(await firstError(`matrix: { ${huge} }`)).toMatch(
    /E0307 .*a 1000000 × b 1000000 = 1000000000000 runs, more than 1000/,
  );
  const one = await expand(`matrix: { ${huge}, sample: { count: 50, seed: 1 } }`);
  const two = await expand(`matrix: { ${huge}, sample: { count: 50, seed: 1 } }`);
  expect(one.combinations.map(({ index }) => index)).toEqual(
    two.combinations.map(({ index }) => index),
  );
  expect(new Set(one.combinations.map(({ index }) => index)).size).toBe(50);
  const { combinations } = await expand('matrix: { a: [1, 2], repeat: 2 }');
  expect(combinations.map(({ index, repeat }) => [index, repeat])).toEqual([
    [0, 0],
    [1, 1],
    [2, 0],
    [3, 1],
  ]);
});

test('CSV: BOM, line ends, quoted newlines, physical lines, empty against quoted empty', async () => {
  write('p.csv', '\ufeffa,b\r\n"x\r\ny",1\r\n\r\n,""\r\n" kept ",2');
  const { values, combinations } = await expand('matrix: { rows: p.csv }', dir);
  expect(values).toEqual([
    { a: 'x\ny', b: '1' },
    { a: null, b: '' },
    { a: ' kept ', b: '2' },
  ]);
  expect(combinations.map(({ row }) => row?.line)).toEqual([2, 5, 6]);
  write('cr.csv', 'a,b\r1,2\r3,4');
  expect(await column('matrix: { rows: cr.csv }')).toEqual(['1', '3']);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['a row too long', 'a,b\n1,2\n3,4,5\n', /E0305 p\.csv:3 this row has 3 cells, the header has 2/],
  ['a duplicate header', 'a,b,a\n1,2,3\n', /E0304 p\.csv:1 there are two columns "a"/],
  ['an empty header', 'a,,c\n1,2,3\n', /E0304 p\.csv:1 column 2 has no name/],
  ['a header alone', 'a,b\n', /E0303 .*no rows/],
  ['an open quote', 'a\n"x\n', /E0306 .*never closed/],
  ['a stray quote', 'a\n"x"y\n', /E0306 .*quote/],
  ['semicolons', 'a;b;c\n1;2;3\n', /E0306 .*one column.*delimiter/],
  [
    'GBK without a word',
    Buffer.concat([Buffer.from('a\n'), Buffer.from([0xc4, 0xe3, 0xba, 0xc3])]),
    /E0302 p\.csv:2 .*not UTF-8.*gb18030/,
  ],
  ['UTF-16', Buffer.from('\ufeffa\nb\n', 'utf16le'), /E0302 .*utf-16le/],
  ['a NUL', 'a\nx\0y\n', /E0302 p\.csv:2 .*NUL/],
])('%s in a CSV is told', async (_, content, words) => {
  write('p.csv', content);
  expect(await firstError('matrix: { rows: p.csv }')).toMatch(words);
});

test('tables of every format read alike', async () => {
  write('a.csv', 'a,b\n1,x\n');
  write('a.tsv', 'a\tb\n1\tx\n');
  write('a.json', '[{"a": 1, "b": "x"}]');
  write('a.jsonl', '{"a": 1, "b": "x"}\n\n');
  write('a.yaml', '- { a: 1, b: x }\n');
  write(
    'gbk.csv',
    Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xc4, 0xe3]), Buffer.from('\n')]),
  );
  for (const file of ['a.csv', 'a.tsv', 'a.json', 'a.jsonl', 'a.yaml'])
    expect((await expand(`matrix: { rows: ${file} }`, dir)).values, file).toEqual([
      { a: '1', b: 'x' },
    ]);
  expect(
    (await expand('matrix: { rows: { file: gbk.csv, encoding: gb18030 } }', dir)).values,
  ).toEqual([{ a: '1', b: '你' }]);
  expect((await expand('matrix: { rows: [a.csv, { a: 2, c: y }] }', dir)).values).toEqual([
    { a: '1', b: 'x', c: null },
    { a: '2', b: null, c: 'y' },
  ]);
});

const scope = (values: Readonly<Record<string, Datum>>): Scope => ({
  lookup: ([name = '']) => values[name],
});
const rendered = (source: string, values: Readonly<Record<string, Datum>> = {}): string => {
  const problems = new Problems();
  const template = parseTemplate(source, null, problems);
  if (template === null)
    return `${problems.kept[0]?.code ?? ''} ${problems.kept[0]?.message ?? ''}`;
  const result = evaluate(template, scope(values));
  if (!result.ok) return `not: ${result.message}`;
  return result.datum.is === 'scalar' ? result.datum.text : result.datum.is;
};

test.each<[string, string]>([
  ['a ${{ x }} b', 'a Fox b'],
  ["${{ none | default('plain') }}", 'plain'],
  ['${{ none | required }}', 'not: "none | required" is required but not given'],
  ['a ${{ none }}', 'not: "none" is not given here'],
  [
    '${{ path | stem }} ${{ path | name }} ${{ path | ext }} ${{ path | dir }}',
    'a.b a.b.png png in/x',
  ],
  ['${{ title | slug }}', 'red-fox-狐狸'],
  ['${{ n | pad(4) }}', '0007'],
  ['${{ x | lower }}${{ x | upper }}${{ blank | trim }}', 'foxFOXy'],
  ['${{ quoted | json }}', '"say \\"hi\\""'],
  ["${{ matrix['first image'] }}", 'matrix'],
  ['$${{ x }}', '${{ x }}'],
  ['${{ x', 'E0401 "${{" is never closed'],
  ['${{ x | slugg }}', 'E0403 there is no filter "slugg"'],
  ['${{ n | pad }}', 'E0403 pad takes 1 argument, not 0'],
  ['${{ x + 1 }}', 'E0401 "+ 1" is not understood; templates have names and filters, no operators'],
  ['${{ inert }}', '${{ x }}'],
])('the template %s', (source, expected) => {
  const values = {
    x: text('Fox'),
    n: text('7'),
    path: text('in/x/a.b.png'),
    title: text('Red  Fox: 狐狸!'),
    blank: text('  y '),
    quoted: text('say "hi"'),
    inert: text('${{ x }}'),
    matrix: text('matrix'),
    none: { is: 'absent' } as const,
  };
  expect(rendered(source, values)).toBe(expected);
});

test('a table longer than what is read at once keeps every character', async () => {
  const prompts = Array.from(
    { length: 300 },
    (_, at) => `${'x'.repeat(at % 7)}${'🦊狐'.repeat(90)}`,
  );
  write('long.csv', `a\n${prompts.join('\n')}\n`);
  expect(await column('matrix: { rows: long.csv }')).toEqual(prompts);
});

test('a JSON table is read in one pass: its size decides, not its square', async () => {
  // Each search through the whole text would take 20,000 times as long as the reading.
  const rows = Array.from({ length: 20_000 }, (_, n) => ({ a: `a red fox ${n}`, b: n }));
  write('p.json', JSON.stringify(rows));
  write('lines.json', `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`);
  expect((await expand('matrix: { rows: p.json }', dir, 20_000)).values).toHaveLength(20_000);
  const { combinations } = await expand('matrix: { rows: lines.json }', dir, 20_000);
  expect(combinations.map(({ row }) => row?.line)).toEqual(rows.map((_, n) => n + 2));
  const last = combinations.at(-1)?.variables.get('b')?.at();
  expect(last).toMatchObject({ line: 20_001, column: 28, length: 5 });
});
