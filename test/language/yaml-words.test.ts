import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Problems } from '../../src/diagnostics/problems.js';
import { readYaml } from '../../src/manifest/yaml.js';
import { projects } from '../support/opened.js';

const project = projects();
const head = `version: 1\nworkflowId: "1980237776367083521"\napi: api.json\n`;

const read = (text: string): Problems => {
  const problems = new Problems();
  readYaml('m.yaml', text, problems);
  return problems;
};
const told = (text: string): string[] =>
  read(text).kept.map(
    ({ at, severity, message, hint }) =>
      `${at?.line ?? 0}:${at?.column ?? 0} ${severity} ${message} | ${hint ?? ''}`,
  );

test.each([
  '{bad|worse} hands',
  '{a|b} and {c|d}',
  '[red] fox',
  '*star* cat',
  '*star',
  '@artist cat',
  '%date% cat',
  '!important cat',
  '`code` cat',
  '"quoted" cat',
  "'quoted' cat",
  "'it's a cat'",
  'style: a cat',
  '| a cat',
  '> a cat',
  '- a cat',
  '? a cat',
  ', a cat',
  '] a cat',
  '} a cat',
])('a text that YAML does not take (%s) is told at its place, with its form in quotes', (text) => {
  const found = told(`set:\n  Positive Prompt.text: ${text}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^2:25 error /);
  // What is proposed can be pasted, and is the text.
  const quoted = /\| put the text in quotes: (.*)$/.exec(found[0] ?? '')?.[1] ?? '';
  expect(parse(`a: ${quoted}`)).toEqual({ a: text });
});

test('an item of a list is told like a value, and every line has its own', () => {
  expect(told('matrix:\n  a:\n    - {a|b} cat\n    - @artist\n')).toEqual([
    expect.stringMatching(/^3:7 error a text that begins with \{/),
    expect.stringMatching(/^4:7 error a text that begins with @/),
  ]);
});

test.each<[string, string, RegExp]>([
  [
    'a quote that is not closed',
    'set:\n  a: "a cat\n  b: x\n',
    /^2:6 error the quote " that opens/,
  ],
  ['a list that is not closed', 'm:\n  a: [b, c\nset: {}\n', /^2:6 error the \[ that opens here/],
  ['a line without a colon', 'set:\n  Prompt.text a cat\n  b: c\n', /^2:3 error there is no ": "/],
  ['a backslash', 'a: "C:\\pics\\x.png"\n', /^1:7 error "\\p" is no escape .* in a path, write \//],
  ['a tab', 'set:\n\ta: b\n', /^2:1 error YAML does not allow tabs/],
  ['an indent', 'm:\n  a: [1]\n   b: [2]\n', /error this line is indented otherwise/],
  ['braces without a dollar', 'a: {{ style }} cat\n', /write "\$\{\{ style \}\} cat"/],
])('%s is told where it was made', (_, text, words) => {
  expect(told(text)[0]).toMatch(words);
});

test('a key that is here twice is told with both of its lines', () => {
  const [found] = read('a: 1\nb: 2\na: 3\n').kept;
  expect(found).toMatchObject({ message: 'this key is here twice', at: { line: 3, column: 1 } });
  expect(found?.related).toMatchObject([{ at: { line: 1, column: 1 } }]);
});

test('a name for a value that nothing uses is a warning, and one that is used is not', () => {
  expect(told('a: &friends a party\n')).toEqual([
    expect.stringMatching(/^1:4 warning "&friends" is a name .*\| '&friends a party' in quotes/),
  ]);
  expect(told('a: &x 1\nb: *x\n')).toEqual([]);
});

test('no text makes the parser speak in its own words, and every mistake has a hint', () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', '*', '&', '!', '@', '%', '"', "'", '|', '>', '-', '?', ',', ':', '#'],
    ...[' ', 'a', 'b c', '\n', '\n  ', ': ', '- ', '\t', '\\'],
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      for (const { severity, code, message, hint, at } of read(`a: ${pieces.join('')}\n`).kept) {
        expect(message).not.toMatch(/Unexpected|Unresolved|Implicit|scalar|collection|token|node/);
        if (severity === 'error' && code < 'E0104') expect(hint).not.toBeNull();
        expect(at?.line).toBeGreaterThan(0);
      }
    }),
  );
});

test.each<[string, string, string]>([
  ['a range', 'matrix: { KSampler.seed: { from: 1, cuont: 4 } }', 'did you mean "count"?'],
  ['an axis', 'matrix: { KSampler.seed: { randm: 1, seed: 4 } }', 'did you mean "random"?'],
  ['a sample', 'matrix: { KSampler.seed: [1], sample: { cont: 1, seed: 4 } }', '"count"?'],
  ['a table', 'matrix: { rows: { fil: a.csv } }', 'did you mean "file"?'],
  ['a table’s option', 'matrix: { rows: { file: a.csv, delimter: ";" } }', '"delimiter"?'],
  ['a zip', 'matrix: { zip: [{ KSampler.seed: { form: 1, count: 2 } }] }', 'did you mean "from"'],
  ['a time', 'execution: { timeout: { run: 10 } }', '10s, if seconds are meant'],
  ['a colon', 'set:\n  Positive Prompt.text:a cat', 'Positive Prompt.text: a cat'],
  ['braces', 'set: { Positive Prompt.text: {red|blue} }', "quotes: '{red|blue}'"],
  ['brackets', 'set: { Positive Prompt.text: [red fox] }', "quotes: '[red fox]'"],
])('one mistake in %s is one message, with what to write', async (_, keys, hint) => {
  const p = await project({ manifest: keys });
  const { exit, err } = await p.run('validate');
  expect(exit, err).toBe(2);
  expect(err).toContain(hint);
  expect(err).toContain('1 error; nothing was sent');
});

test('aliases that grow without end are refused, and nothing else is said', async () => {
  const names = 'abcdefghij'.split('');
  const lines = names.map((name, index) => {
    const before = names[index - 1];
    return `  ${name}: &${name} [${Array<string>(10)
      .fill(before === undefined ? 'x' : `*${before}`)
      .join(',')}]`;
  });
  const p = await project();
  p.write('manifest.yaml', `${head}vars:\n${lines.join('\n')}\n`);
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('1 error; nothing was sent');
});
