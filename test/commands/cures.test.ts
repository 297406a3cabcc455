import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();

/** The name of a table, what stands in it, what is told, and what the hint leads to. */
const tables: readonly (readonly [
  name: string,
  broken: string,
  told: string,
  hint: string,
  mended: string,
])[] = [
  ['p.json', '[{"a": 1},]', 'not valid JSON', 'remove the comma before ]', '[{"a": 1}]'],
  ['p.json', '[{"a": 1,}]', 'not valid JSON', 'remove the comma before }', '[{"a": 1}]'],
  ['p.json', "[{'a': 1}]", 'not valid JSON', 'straight double quotes', '[{"a": 1}]'],
  ['p.json', '[{“a”: 1}]', 'not valid JSON', 'straight double quotes', '[{"a": 1}]'],
  ['p.json', '[{a: 1}]', 'not valid JSON', 'in double quotes: "a"', '[{"a": 1}]'],
  ['p.json', '[{"a": None}, {"a": 1}]', 'not valid JSON', 'write null', '[{"a": null}, {"a": 1}]'],
  ['p.json', '[{"a": 1}', 'not valid JSON', 'close what is open with ]', '[{"a": 1}]'],
  ['p.json', '[{"a": 1},{]', 'not valid JSON', 'close the { before it', '[{"a": 1},{}]'],
  ['p.json', '[{"a": 1} // one\n]', 'not valid JSON', 'no comments', '[{"a": 1}\n]'],
  ['p.json', '[{"a": 1 "b": 2}]', 'not valid JSON', 'put "," between', '[{"a": 1, "b": 2}]'],
  ['p.json', '[{"a": }]', 'not valid JSON', 'write a value here', '[{"a": 1}]'],
  ['p.json', '{"a": 1}\n{"a": 2}', 'not valid JSON', 'all of them in [ ]', '[{"a": 1},{"a": 2}]'],
  ['p.json', '{"a": 1}', 'a table is a list of maps', 'put the rows in [ ]', '[{"a": 1}]'],
  ['p.jsonl', '{"a": 1}\n{"a": 2\n', 'not valid JSON', 'close it with }', '{"a": 1}\n{"a": 2}\n'],
  ['p.jsonl', '[\n{"a": 1}\n]\n', 'not valid JSON', 'a list is the format json', '{"a": 1}\n'],
  ['p.jsonl', '7\n', 'every line is one JSON object', '{ "prompt": "a fox"', '{"a": 7}\n'],
  ['p.yaml', 'a: 1\n', 'a table is a list of maps', 'begin each row with "- "', '- a: 1\n'],
  ['p.yaml', '- 1\n', 'a row is a map of columns', '- { prompt: a fox', '- { a: 1 }\n'],
  ['p.yaml', '- {}\n', 'the table has no rows', 'write one that gives a value', '- { a: 1 }\n'],
];

test.each(tables)('%s with %j is told with a cure that works', async (name, ...of) => {
  const [broken, told, hint, mended] = of;
  const p = await project({
    manifest: `matrix: { rows: ${name} }\nset: { KSampler.steps: "\${{ a }}" }`,
    files: { [name]: broken },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toMatch(new RegExp(`${name.replace('.', '[.]')}.*${told}`));
  expect(err.slice(err.indexOf('hint: '))).toContain(hint);
  p.write(name, mended);
  expect((await p.run('validate')).err).not.toContain('error');
});

test.each([
  ['NaN', '"is_changed": NaN, "class_type"', 'delete every "is_changed"', '"class_type"'],
  ['in a list', '"is_changed": [-Infinity], "class_type"', 'delete every', '"class_type"'],
  ['a value', '"more": Infinity, "class_type"', 'write a number', '"more": 1, "class_type"'],
])('a graph in which Python wrote %s is told what to write', async (_, broken, hint, mended) => {
  const p = await project({ manifest: 'set: { KSampler.steps: 21 }' });
  const graph = p.read('api.json');
  p.write('api.json', graph.replace('"class_type"', broken));
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('not valid JSON');
  expect(err.slice(err.indexOf('hint: '))).toContain(hint);
  p.write('api.json', graph.replace('"class_type"', mended));
  expect((await p.run('validate')).exit).toBe(0);
});

test('a title above the names is told before what follows from it', async () => {
  const p = await project({
    manifest: 'matrix: { rows: p.csv }\nset: { KSampler.seed: "${{ seed }}" }',
    files: { 'p.csv': 'Cats of spring\nseed,prompt\n1,a cat\n' },
  });
  const { err } = await p.run('validate');
  expect(err.split('\n')[0]).toBe('p.csv:1:1 error: none of the columns of p.csv is used');
  expect(err).toContain('remove the first line if it is a title');
  // A column that differs by its letters alone is what was meant.
  p.write('p.csv', 'Seed\n1\n');
  const { err: other } = await p.run('validate');
  expect(other.split('\n')[0]).toContain('there is no "seed" to read here');
});

test('a limit that was typed is told as the option', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  const { exit, err } = await p.run('plan', '--max-runs', '1');
  expect(exit).toBe(2);
  expect(err).toContain('error: KSampler.seed 2 = 2 runs, more than 1 (--max-runs)');
  expect(err).toContain('hint: --max-runs 2 if that many are meant');
  expect((await p.run('plan', '--max-runs', '2')).exit).toBe(0);
  p.manifest('matrix: { KSampler.seed: [1, 2] }\nlimits: { maxRuns: 1 }');
  expect((await p.run('plan')).err).toContain('hint: limits: { maxRuns: 2 } if that many');
});

test('a key that is missing is told in the form in which it is written', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2], sample: { count: 1 } }' });
  const { err } = await p.run('validate');
  expect(err).toContain('"matrix.sample" needs the key "seed"');
  expect(err).toContain('hint: write seed: 42. The same seed');
  p.manifest('matrix: { KSampler.seed: [1, 2], sample: { count: 1, seed: 42 } }');
  expect((await p.run('validate')).exit).toBe(0);
});

test.each([
  ['with its mark', '\ufeff', 'manifest.yaml error: the file is text in UTF-16, not in UTF-8'],
  ['without', '', 'manifest.yaml error: the file is text in UTF-16, not in UTF-8'],
])('a manifest in UTF-16 %s is told as such', async (_, mark, told) => {
  const p = await project();
  const text = p.read('manifest.yaml');
  p.write('manifest.yaml', Buffer.from(`${mark}${text}`, 'utf16le'));
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain(told);
  expect(err).toContain('hint: save it as UTF-8 (in Notepad: Save as');
  p.write('manifest.yaml', `\ufeff${text}`);
  expect((await p.run('validate')).exit).toBe(0);
});

test('a manifest in another encoding is told by the line where it shows', async () => {
  const p = await project();
  const gb = Buffer.concat([Buffer.from('version: 1\n# '), Buffer.from([0xc4, 0xe3, 0x0a])]);
  p.write('manifest.yaml', gb);
  expect((await p.run('validate')).err).toContain(
    'manifest.yaml:2:1 error: the file is not text in UTF-8',
  );
});

test.each(['view', 'emulator'])('%s proposes a port that a user may open', async (command) => {
  const p = await project({ manifest: 'set: { KSampler.steps: 21 }' });
  for (const port of ['abc', '70000']) {
    const { exit, err } = await p.run(command, '--port', port);
    expect(exit).toBe(2);
    expect(err).toContain(`--port wants a whole number from 0 to 65535, not "${port}"`);
    expect(err).toMatch(/hint: --port (?:8080|8188)$/m);
  }
});
