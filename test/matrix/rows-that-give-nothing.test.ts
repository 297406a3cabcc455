import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { Project } from '../support/project.js';

let project: Project;
beforeEach(async () => {
  project = await Project.start();
});
afterEach(() => project.close());

const prompts = (): unknown[] =>
  project
    .received()
    .map((list) => list.find(({ fieldName }) => fieldName === 'text')?.fieldValue)
    .sort();

const header = 'Positive Prompt.text';
const tables: readonly (readonly [name: string, content: string])[] = [
  ['p.csv', `${header},KSampler.seed\na fox,1\n,\n  , \na heron,2\n,,\n`],
  ['p.tsv', `${header}\tKSampler.seed\r\na fox\t1\r\n\t\r\n\t\t\r\na heron\t2\r\n \r\n`],
  [
    'p.json',
    `[{"${header}":"a fox"},{},{"${header}":null},{"${header}":"a heron"},{"KSampler.seed":null}]`,
  ],
  [
    'p.jsonl',
    `{"${header}":"a fox"}\n{}\n{"${header}":null}\n{"${header}":"a heron"}\n{"KSampler.seed":null}\n`,
  ],
  [
    'p.yaml',
    `- ${header}: a fox\n- {}\n- ${header}:\n- ${header}: a heron\n- KSampler.seed: null\n`,
  ],
];

describe('a row whose cells are all empty is skipped and counted, never a run', () => {
  test.each(tables)('%s', async (name, content) => {
    project.write(name, content);
    project.manifest(`matrix: { rows: ${name} }`);
    const { exit, err } = await project.apply();
    expect(err).toMatch(/notice: 3 empty rows were skipped/);
    expect(exit).toBe(0);
    expect(prompts()).toEqual(['a fox', 'a heron']);
    expect(project.results().map(({ index }) => index)).toEqual([0, 1]);
  });

  test('XLSX', async () => {
    const rows = [
      [header, 'seed'],
      ['a fox', 'x'],
      [null, null],
      ['  ', null],
      ['a heron', null],
    ];
    await writeExcelFile(
      rows.map((row) => row.map((value) => (value === null ? null : { value }))),
    ).toFile(join(project.dir, 'p.xlsx'));
    project.manifest('matrix: { rows: p.xlsx }');
    const { exit, err } = await project.apply();
    expect(err).toMatch(/p\.xlsx:3.* notice: 2 empty rows were skipped/);
    expect(exit).toBe(0);
    expect(prompts()).toEqual(['a fox', 'a heron']);
  });

  test('rows in the manifest, and a table that is an axis', async () => {
    project.write('s.csv', 'name\nfox\n""\n,\nheron\n');
    project.manifest(
      `matrix: { rows: [{ KSampler.seed: 1 }, {}, { KSampler.seed: }], s: { file: s.csv } }\nset: { ${header}: "\${{ s.name }}" }`,
    );
    const { err } = await project.apply();
    expect(err).toMatch(/notice: 2 empty rows were skipped/);
    expect(err).toMatch(/s\.csv:4.* notice: an empty row was skipped/);
    // A quoted empty text is given.
    expect(prompts()).toEqual(['', 'fox', 'heron']);
  });

  test('the place of a row is not moved by empty ones, and its line stays the physical one', async () => {
    project.write('p.csv', `${header}\na fox\n  \n\n"a\nheron"\n`);
    project.manifest('matrix: { rows: p.csv }');
    const { runs } = (await project.plan()) as unknown as {
      runs: { index: number; row: { line: number } }[];
    };
    expect(runs.map(({ index, row }) => [index, row.line])).toEqual([
      [0, 2],
      [1, 5],
    ]);
  });

  test.each(tables)('only empty rows in %s are no table', async (name) => {
    const empty = {
      csv: `${header},b\n,\n`,
      tsv: `${header}\tb\n\t\n`,
      json: '[{}]',
      jsonl: '{}\n',
    };
    const ending = name.slice(2);
    project.write(name, Object.hasOwn(empty, ending) ? empty[ending as 'csv'] : '- {}\n');
    project.manifest(`matrix: { rows: ${name} }`);
    const { exit, err } = await project.apply();
    expect([exit, err]).toEqual([2, expect.stringContaining('no rows')]);
    expect(project.service.bill()).toEqual([]);
  });
});

describe('a table none of whose columns is used is an error', () => {
  test.each([
    ['another delimiter', 'Prompt;Seed\na fox;1\nan owl;2\n', 'rows: p.csv', 'delimiter: ";"'],
    ['an address in it', `${header};KSampler.seed\na fox;1\n`, 'rows: p.csv', 'delimiter: ";"'],
    ['tabs', 'Prompt\tSeed\na fox\t1\n', 'rows: p.csv', String.raw`delimiter: "\t"`],
    [
      'a wrong one in the manifest',
      'Prompt,Seed\na fox,1\n',
      'rows: { file: p.csv, delimiter: ";" }',
      'delimiter: ","',
    ],
    ['in an axis', 'Prompt|Seed\na fox|1\n', 's: { file: p.csv }', 'delimiter: "|"'],
    [
      'names that mean nothing',
      'Prompt,Seed\na fox,1\n',
      'rows: p.csv',
      'its columns: Prompt, Seed',
    ],
    ['only for people', '_note,_name\nx,y\n', 'rows: p.csv', 'its columns: _note, _name'],
  ])('%s', async (_, content, matrix, words) => {
    project.write('p.csv', content);
    project.manifest(`matrix: { ${matrix} }`);
    const { exit, err } = await project.apply();
    expect(err).toMatch(/p\.csv:1:1 error: /);
    expect(err).toContain(words);
    expect(err).toContain('1 error');
    expect(exit).toBe(2);
    expect(project.service.bill()).toEqual([]);
  });

  test('one of several tables', async () => {
    project.write('a.csv', 'prompt\na fox\n');
    project.write('b.csv', 'promt\nan owl\n');
    project.manifest(`matrix: { rows: [a.csv, b.csv] }\nset: { ${header}: "\${{ prompt }}" }`);
    const { exit, err } = await project.apply();
    expect(err).toContain('none of the columns of b.csv is used');
    expect(exit).toBe(2);
  });

  test('it is none where a template reads the row, or include looks at a column', async () => {
    project.write('p.csv', 'style\nanime\nphoto\n');
    project.manifest(`matrix: { rows: p.csv }\nset: { ${header}: "row \${{ row.line }}" }`);
    expect((await project.run('validate')).exit).toBe(0);
    project.manifest(
      `matrix: { rows: p.csv, include: [{ style: anime, ${header}: flat }, { style: photo, ${header}: sharp }] }`,
    );
    expect((await project.run('validate')).exit).toBe(0);
  });

  test('a single column whose name holds a semicolon is one', async () => {
    const graph = JSON.parse(project.read('api.json')) as Record<string, { _meta: unknown }>;
    Object.assign(graph['6'] ?? {}, { _meta: { title: 'Prompt; the good one' } });
    project.write('api.json', JSON.stringify(graph));
    project.write('p.csv', 'Prompt; the good one.text\na fox\n');
    project.manifest('matrix: { rows: p.csv }');
    expect((await project.run('validate')).exit).toBe(0);
  });
});

describe('a first line sep=X names the delimiter', () => {
  test.each([
    ['sep=;\n', ';'],
    ['\ufeffsep=;\r\n', ';'],
    ['"sep=;"\r', ';'],
    ['SEP=\t\n', '\t'],
    ['sep=,,\n', ','],
    ['sep=|\n\n', '|'],
  ])('%j', async (line, mark) => {
    const end = /\r?\n|\r/.exec(line)?.[0] ?? '\n';
    const rows = [
      [header, 'KSampler.seed'],
      ['a fox', '1'],
      ['an owl', 'x'],
    ];
    project.write('p.csv', line + rows.map((row) => row.join(mark)).join(end));
    project.manifest('matrix: { rows: p.csv }');
    const { err } = await project.run('validate');
    // The header is in line 2, so the wrong seed is in line 4.
    const at = `p.csv:${line.endsWith('\n\n') ? 5 : 4}:8 error`;
    expect(err).toContain(at);
    expect(err).toContain('1 error');
  });

  test('what the manifest says stands above it, and the line is still no row', async () => {
    project.write('p.csv', `sep=;\n${header},KSampler.seed\na fox,1\n`);
    project.manifest('matrix: { rows: { file: p.csv, delimiter: "," } }');
    expect((await project.apply()).exit).toBe(0);
    expect(prompts()).toEqual(['a fox']);
  });

  test('in a file of that name alone there are no rows', async () => {
    project.write('p.csv', 'sep=;');
    project.manifest('matrix: { rows: p.csv }');
    const { exit, err } = await project.run('validate');
    expect([exit, err]).toEqual([2, expect.stringContaining('the table is empty')]);
  });
});
