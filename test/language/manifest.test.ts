import { expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import { loadManifest } from '../../src/manifest/load.js';
import type { Manifest } from '../../src/manifest/manifest.js';
import { syntaxes } from '../../src/targets/targets.js';
import { projects } from '../support/opened.js';

const head = 'version: 1\nworkflowId: "1980237776367083521"\napi: api.json\n';

const load = (text: string | Uint8Array): { problems: Problems; manifest: Manifest | null } => {
  const problems = new Problems();
  const manifest = loadManifest(
    { file: 'm.yaml', dir: '/nowhere', text, vars: new Map(), profile: null, targets: syntaxes },
    problems,
  );
  return { problems, manifest };
};

/** `line:column code` of every error, and its words. */
const errors = (text: string | Uint8Array): string[] =>
  load(text)
    .problems.kept.filter(({ severity }) => severity === 'error')
    .map(({ at, code, message }) => `${at?.line ?? 0}:${at?.column ?? 0} ${code} ${message}`);

test.each<[string, string, RegExp]>([
  ['an unknown key', `${head}matrx: 1`, /^4:1 E0112 unknown key "matrx"/],
  [
    'an unknown key inside',
    `${head}execution: { retrys: 1 }`,
    /^4:14 E0112 unknown key "retrys" in "execution"/,
  ],
  [
    'a wrong type',
    `${head}execution:\n  retries: lots`,
    /^5:12 E0113 "execution.retries" must be a whole number/,
  ],
  [
    'a number out of range',
    `${head}execution: { retries: 99 }`,
    /^4:23 E0113 .* must be 20 or less/,
  ],
  [
    'a word that is none of the choices',
    `${head}outputs: { onExist: renme }`,
    /^4:21 E0113 .* one of rename, error, overwrite/,
  ],
  [
    'a missing key',
    'version: 1\napi: a.json',
    /^1:1 E0114 the manifest needs the key "workflowId"/,
  ],
  ['another version', head.replace('version: 1', 'version: 2'), /^1:10 E0116 /],
  ['a duplicate key', `${head}set:\n  a.b: 1\n  a.b: 2`, /^6:3 E0102 this key is here twice/],
  ['a tab', `${head}set:\n\ta.b: 1`, /^5:1 E0102 YAML does not allow tabs/],
  ['an unknown tag', `${head}set: { a.b: !secret x }`, /^4:13 E0103 .*!secret/],
  ['two documents', `${head}---\na: 1`, /^4:1 E0104 /],
  ['braces without a dollar', `${head}set:\n  a.b: {{ x }}`, /^5:9 E0109 two braces/],
  ['a duration without a unit', `${head}execution: { timeout: { run: 10 } }`, /^4:30 E0113/],
  [
    'a duration with an odd unit',
    `${head}execution: { timeout: { run: 10 min } }`,
    /^4:30 E0118 "10 min" is not a duration/,
  ],
  [
    'an id in floating point',
    head.replace('"1980237776367083521"', '1.9e18'),
    /^2:13 E0113 "workflowId" must be digits/,
  ],
  ['an alias without an anchor', `${head}set: { a.b: *nobody }`, /E0102|E0107/],
  ['an axis that is a scalar', `${head}matrix: { style: anime }`, /^4:18 E0113 /],
  ['an axis of two forms', `${head}matrix: { a: { from: 1, to: 2, glob: x } }`, /^4:14 E0120 /],
  [
    'random values without a seed',
    `${head}matrix: { a: { random: 3, min: 1, max: 2 } }`,
    /E0120 .*seed/,
  ],
  ['outputs outside', `${head}outputs: { dir: ../elsewhere }`, /^4:17 E0121 /],
  ['a key literal', `${head}apiKey: a1b2c3d4e5f60718293a4b5c6d7e8f90`, /^4:1 E0115 /],
  ['a count that is none', `${head}run: { expect: { outputs: many } }`, /^4:27 E0113 /],
  ['no map at all', '- a\n- b', /E0113 a manifest is a map/],
  ['nothing', '# only a comment', /^0:0 E0101 /],
])('%s is told at its place', (_, text, expected) => {
  expect(errors(text)[0]).toMatch(expected);
});

test('all mistakes of a file at once', () => {
  const found = errors(
    `${head}matrx: 1\nexecution: { retries: x, failFast: maybe }\noutputs: { onExist: never }\nset:\n  a.b: {{ x }}`,
  );
  expect(found.map((line) => line.split(' ')[1])).toEqual([
    'E0109',
    'E0112',
    'E0113',
    'E0113',
    'E0113',
  ]);
});

test('a comment inside a value warns, and gives the form that keeps it', () => {
  const { problems, manifest } = load(`${head}set:\n  a.b: a cat #1`);
  expect(manifest).not.toBeNull();
  expect(problems.kept[0]).toMatchObject({ code: 'E0111', severity: 'warning' });
  expect(problems.kept[0]?.hint).toContain('"a cat #1"');
});

test('source text survives: digits, leading zeros, yes and no', () => {
  const { manifest } = load(
    'version: 1\nworkflowId: 1980237776367083521\napi: a\nset: { a.a: 18446744073709551615, a.b: 007, a.c: 1.0, a.d: no, a.e: "42", a.f: 1e400, a.g: 2026-11-24, a.h: 12:30 }',
  );
  expect(manifest?.target.id).toBe('1980237776367083521');
  expect(
    manifest?.set.map(({ value }) =>
      value.value.is === 'scalar' ? value.value.text : value.value.is,
    ),
  ).toEqual(['18446744073709551615', '007', '1.0', 'no', '42', '1e400', '2026-11-24', '12:30']);
});

test('merge keys and aliases are what YAML says', () => {
  const { manifest } = load(
    `${head}vars: { base: &b { steps: 20 } }\nset:\n  <<: { KSampler.cfg: 7 }\n  KSampler.steps: 30`,
  );
  expect(manifest?.set.map(({ address }) => address.value).sort()).toEqual([
    'KSampler.cfg',
    'KSampler.steps',
  ]);
});

test('an alias bomb is refused within bounds', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `  a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
  );
  expect(errors(`${head}vars:\n  a0: &a0 [x]\n${levels.join('\n')}`).join('\n')).toMatch(
    /E0106|E0102/,
  );
});

test.each([
  ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 0x41), /E0117/],
  ['deep nesting', `${head}vars: ${'['.repeat(3000)}`, /E01/],
])('%s end in a diagnostic', (_, text, expected) => {
  expect(errors(text).join('\n')).toMatch(expected);
});

test('__proto__ is a key like any other', () => {
  expect(errors(`${head}__proto__: { polluted: 1 }`)[0]).toMatch(/E0112 unknown key "__proto__"/);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

const project = projects();

test('from the command line: excerpt, caret, hint, exit 2, no request; --json has the same as data', async () => {
  const p = await project({ manifest: 'executon: { retries: 1 }' });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(
    'manifest.yaml:4:1 error: unknown key "executon" in the manifest\n    4 | executon: { retries: 1 }\n      | ^^^^^^^^\n  hint: did you mean "execution"?',
  );
  const { out } = await p.apply('--json');
  expect(JSON.parse(out)).toMatchObject({
    diagnostics: [{ code: 'E0112', severity: 'error', file: 'manifest.yaml', line: 4, column: 1 }],
  });
  expect(p.service.requests()).toEqual([]);
});

test('on GitHub a mistake becomes an annotation on its line', async () => {
  const p = await project({ manifest: 'executon: 1', env: { GITHUB_ACTIONS: 'true' } });
  expect((await p.apply()).err).toContain('::error file=manifest.yaml,line=4,col=1,title=E0112::');
});

test.each([
  ['a missing manifest', ['apply', 'nope.yaml'], /does not exist/],
  ['a folder', ['apply', '.'], /is a folder/],
  ['an unknown command', ['aply'], /there is no command "aply"/],
  ['an unknown option', ['apply', '--frist', '3'], /there is no option "--frist" of apply/],
  ['a bad number', ['apply', '--first', 'x'], /--first wants a whole number/],
  ['a bad shard', ['apply', '--shard', '5/4'], /--shard/],
  ['a pattern that fits nothing', ['apply', '--only', 'zzzz'], /fits no run/],
])('%s is exit 2 with words', async (_, argv, words) => {
  const p = await project();
  const ended = await p.run(...argv);
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(words);
  expect(p.service.stats().accepted).toBe(0);
});

test('arguments that look like numbers stay text', async () => {
  const p = await project({
    manifest: 'vars: { code: x }\nset: { Positive Prompt.text: "${{ vars.code }}" }',
  });
  await p.apply('--var', 'code=007');
  await p.apply('--var', 'code=1980237776367083521');
  expect(p.received().map((list) => list[0]?.fieldValue)).toEqual(['007', '1980237776367083521']);
});
