import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { join } from 'node:path';
import { graph } from '../support/graph.js';
import { key, Project } from '../support/project.js';

let project: Project;
beforeEach(async () => {
  project = await Project.start();
});
afterEach(() => project.close());

const header = 'Positive Prompt.text';

/** Nothing is sent, nothing is stored, and nobody is shown the key. */
const refused = async (...more: string[]): Promise<string> => {
  const { exit, err, out } = await project.apply(...more);
  expect(exit).toBe(2);
  expect(err).toMatch(/holds the API key|the API key stands in this file/);
  expect(out + err).not.toContain(key);
  expect(project.service.bill()).toEqual([]);
  expect(project.exists('out')).toBe(false);
  for (const command of ['plan', 'validate']) {
    const answer = await project.run(command, '--json', ...more);
    expect(answer.exit).toBe(2);
    expect(answer.out).toContain('"E0115"');
  }
  return err;
};

describe('the key in what a batch is made of is an error that hides it', () => {
  test.each([
    ['p.csv', `_name,${header},who\na,a fox,x\nb,an owl,${key}\n`, 'p.csv:3'],
    ['p.csv', `_name,${header}\na,a fox\nout-${key},an owl\n`, 'p.csv:3'],
    ['p.csv', `${header},_tags\na fox,x\nan owl,${key}\n`, 'p.csv:3'],
    ['p.csv', `${header}\na fox\nhttps://h/?k=%61${key.slice(1)}\n`, 'p.csv:3'],
    ['p.csv', `${header}\na fox\n${Buffer.from(key).toString('base64')}\n`, 'p.csv:3'],
    ['p.json', `[{"${header}":"a fox"},\n{"${header}":"${key.toUpperCase()}"}]`, 'p.json:2'],
    ['p.jsonl', `{"${header}":"a fox"}\n{"${header}":"my ${key}"}\n`, 'p.jsonl:2'],
    ['p.yaml', `- ${header}: a fox\n- ${header}: ${key}\n`, 'p.yaml:2'],
  ])('a table: %s', async (name, content, where) => {
    project.write(name, content);
    project.manifest(
      `matrix: { rows: ${name} }\noutputs: { name: "\${{ run.name }}\${{ output.ext }}" }`,
    );
    expect(await refused()).toContain(where);
  });

  test('XLSX', async () => {
    await writeExcelFile([[{ value: header }], [{ value: 'a fox' }], [{ value: key }]]).toFile(
      join(project.dir, 'p.xlsx'),
    );
    project.manifest('matrix: { rows: p.xlsx }');
    expect(await refused()).toContain('p.xlsx:3');
  });

  test.each([
    ['a value', `set: { ${header}: "x ${key}" }`],
    ['a comment', `# ${key}`],
    ['escapes', `set: { ${header}: "\\x61${key.slice(1)}" }`],
    ['the end of a list', `run: { tags: [a, ${key}] }`],
  ])('the manifest: %s', async (_, manifest) => {
    project.manifest(manifest);
    expect(await refused()).toContain('manifest.yaml:4');
  });

  test('api.json, a text file, the lines of an axis', async () => {
    project.write('api.json', JSON.stringify(graph, null, 2).replace('a photo', key));
    expect(await refused()).toMatch(/api\.json:\d+/);
    project.write('api.json', JSON.stringify(graph));
    project.write('t.txt', `one\n${key}\n`);
    project.manifest(`set: { ${header}: { file: t.txt } }`);
    expect(await refused()).toContain('t.txt:2');
    project.manifest(`matrix: { ${header}: { lines: t.txt } }`);
    expect(await refused()).toContain('t.txt:2');
  });

  test('parts that make it, a --var, another variable of the environment', async () => {
    project.write('p.csv', `a,b\n${key.slice(0, 16)},${key.slice(16)}\n`);
    project.manifest(`matrix: { rows: p.csv }\nset: { ${header}: "\${{ a }}\${{ b }}" }`);
    expect(await refused()).toContain('what is made of the values of the row in p.csv:2');
    project.manifest(`vars: { v: x }\nset: { ${header}: "\${{ vars.v }}" }`);
    expect(await refused('--var', `v=${key}`)).toContain('a --var holds the API key');
    project.write('more.env', `COPY=${key}\n`);
    project.manifest(`set: { ${header}: "\${{ env.COPY }}" }`);
    const { exit, out, err } = await project.apply('--env-file', 'more.env');
    expect(exit).toBe(2);
    expect(out + err).not.toContain(key);
    expect(project.service.bill()).toEqual([]);
  });

  test('the name of an asset and of an output folder', async () => {
    project.write(`in/${key}.png`, 'x');
    project.manifest(`matrix: { ${header}: { glob: "in/*.png" } }`);
    await refused();
    project.manifest('');
    await refused('--out-dir', `o/${key}`);
  });

  test('a key that --env-file gives, with --emulator too', async () => {
    const other = '0123456789abcdef0123456789abcdef';
    project.write('my.env', `RUNNINGHUB_API_KEY=${other}\n`);
    project.manifest(`set: { ${header}: "${other}" }`);
    const { exit, out, err } = await project.apply('--emulator', '--env-file', 'my.env');
    expect(exit).toBe(2);
    expect(out + err).not.toContain(other);
  });

  test('without a key nothing is looked for', async () => {
    project.manifest(`set: { ${header}: "${key}" }`);
    expect((await project.withoutKey('validate')).exit).toBe(0);
  });
});
