import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Project } from '../support/project.js';

let project: Project;
beforeEach(async () => {
  project = await Project.start();
});
afterEach(() => project.close());

const header = 'Positive Prompt.text';

/** A manifest of which some run would be the unchanged workflow: nothing is sent for any. */
const refused = async (manifest: string): Promise<string> => {
  project.manifest(manifest);
  const { exit, err } = await project.apply();
  expect(exit).toBe(2);
  expect(err).toContain('unchanged, and cost');
  expect(project.received()).toEqual([]);
  const { exit: planned, out } = await project.run('plan', '--json');
  expect(planned).toBe(2);
  expect(out).toContain('"E0440"');
  expect((await project.run('validate')).exit).toBe(2);
  return err;
};

describe('a run that gives nothing is an error before anything is sent', () => {
  test.each([
    ['p.csv', `_name,${header},who\na,a fox,x\nb,,y\n`, 'p.csv:3'],
    ['p.tsv', `${header}\twho\na fox\tx\n\ty\n`, 'p.tsv:3'],
    ['p.json', `[{"${header}":"a fox","who":"x"},\n{"${header}":null,"who":"y"}]`, 'p.json:2'],
    ['p.jsonl', `{"${header}":"a fox","who":"x"}\n{"who":"y"}\n`, 'p.jsonl:2'],
    ['p.yaml', `- ${header}: a fox\n- ${header}:\n  who: y\n`, 'p.yaml:2'],
  ])('a row of which only cells are filled that no field takes: %s', async (name, content, row) => {
    project.write(name, content);
    const err = await refused(`matrix: { rows: ${name} }`);
    expect(err).toContain(
      `the row in ${row} (run 1) gives no field a value: it would run api.json unchanged, and cost`,
    );
    expect(err).toContain(`empty there: ${header}`);
    expect(err).toContain('fill the cells, remove the row, or write 1 into a column _skip');
    expect(err).toContain('to run api.json as it is, leave out matrix and set');
  });

  test('a column that set reads is empty in a row', async () => {
    project.write('p.csv', 'what,who\na fox,x\n,y\n');
    const err = await refused(`matrix: { rows: p.csv }\nset: { ${header}: "\${{ what }}" }`);
    expect(err).toContain('the row in p.csv:3 (run 1) gives no field a value');
  });

  test('a value of an axis, an entry of include, a set without a value', async () => {
    expect(await refused('matrix: { KSampler.seed: [1, null, 3] }')).toContain(
      'run 1 gives no field a value',
    );
    const included = `matrix: { KSampler.seed: [1], include: [{ KSampler.seed: 2 }, { who: x }, { KSampler.seed: null }] }`;
    expect(await refused(included)).toMatch(/run \d gives no field a value/);
    expect(await refused('set: { KSampler.seed: null }')).toContain('run 0 gives no field a value');
  });

  test('an axis that reaches no field is told once, not for every run', async () => {
    const err = await refused('matrix: { who: { from: 1, to: 50 } }');
    expect(err).toContain('every run would be api.json unchanged, and cost');
    expect(err.match(/unchanged, and cost/g)).toHaveLength(1);
  });

  test('many rows of one kind are counted, not listed', async () => {
    project.write('p.csv', `${header},who\n${',y\n'.repeat(50)}`);
    const err = await refused('matrix: { rows: p.csv }');
    expect(err.match(/unchanged, and cost/g)).toHaveLength(20);
    expect(err).toMatch(/30 more/);
  });

  test('repeat does not make a row that gives nothing a purpose', async () => {
    project.write('p.csv', `${header},who\na fox,x\n,y\n`);
    expect(await refused('matrix: { rows: p.csv, repeat: 2 }')).toContain('p.csv:3');
  });
});

describe('the workflow as it is runs where the manifest says so', () => {
  test.each([
    ['neither matrix nor set', '', 1],
    ['an empty matrix and an empty set', 'matrix: {}\nset: {}', 1],
    ['repeat alone', 'matrix: { repeat: 3 }', 3],
  ])('%s', async (_, manifest, runs) => {
    project.manifest(manifest);
    expect((await project.apply()).exit).toBe(0);
    const values = project.received().map((list) => list.map(({ fieldName }) => fieldName));
    expect(values).toEqual(Array.from({ length: runs }, () => ['seed']));
  });

  test('a row with _skip, a row that exclude removes', async () => {
    project.write('p.csv', `${header},who,_skip\na fox,x,\n,y,1\n,z,\n`);
    project.manifest('matrix: { rows: p.csv, exclude: [{ who: z }] }');
    expect((await project.apply()).exit).toBe(0);
    expect(project.received()).toHaveLength(1);
  });

  test('a value that equals the one of api.json, and one that the service chooses, are given', async () => {
    project.manifest('matrix: { KSampler.steps: [20, 21] }');
    expect((await project.apply()).exit).toBe(0);
    project.manifest('set: { KSampler.seed: { asSaved: true } }');
    expect((await project.run('validate')).exit).toBe(0);
  });
});
