import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Project } from '../support/project.js';

let p: Project;
beforeEach(async () => {
  p = await Project.start({ manifest: 'matrix: { rows: p.csv }' });
});
afterEach(() => p.close());

const header = 'Positive Prompt.text';

/** As people read it. */
const validate = async (csv: string): Promise<{ exit: number; text: string }> => {
  p.write('p.csv', csv);
  const { exit, out, err } = await p.run('validate');
  return { exit, text: err + out };
};

const sent = async (): Promise<unknown[][]> => {
  expect((await p.apply()).exit).toBe(0);
  return p
    .received()
    .map((list) =>
      ['text', 'seed'].map((name) => list.find(({ fieldName }) => fieldName === name)?.fieldValue),
    )
    .sort();
};

describe('another delimiter than the usual one is told with what to write', () => {
  test.each([
    [';', ';', `${header};KSampler.seed\na fox, red;1\nan owl;2\n`],
    ['\t', '\\t', `${header}\tKSampler.seed\na fox, red\t1\nan owl\t2\n`],
    ['|', '|', `${header}|KSampler.seed\n"a fox | red"|1\nan owl|2\n`],
    ['; names of no field', ';', 'Prompt;Seed\na fox;1\nan owl;2\n'],
    ['; with commas in the header', ';', 'Prompt;Seed;Note, or so\na, b;1;x\nan owl;2;y\nb;1;\n'],
    ['; with quotes that a comma would misread', ';', `${header};b\n1;"a, ""fox"""\n2;"an\nowl"\n`],
    [
      '; and a comma between two names',
      ';',
      `${header};KSampler.seed;Note, or so\na, b;1;x\nc, d;2;y\n`,
    ],
    ['a full-width mark', '；', `${header}；KSampler.seed\na fox，red；1\n`],
    ['a full-width comma', '，', `${header}，KSampler.seed\na fox，1\n`],
    ['; with rows of several lengths', ';', 'Prompt;Seed;Note\na fox, red;1;x\nan owl;2\nb, c\n'],
  ])('%s', async (_, shown, csv) => {
    const { exit, text } = await validate(csv);
    expect(exit).toBe(2);
    expect(text).toContain('was read as one column');
    expect(text).toContain(`write { file: p.csv, delimiter: "${shown}" } in place of its name`);
    expect(text).toContain('1 error;');
    // What it says to write is right.
    p.manifest(`matrix: { rows: { file: p.csv, delimiter: "${shown}" } }`);
    expect((await p.run('validate')).err).not.toContain('was read as one column');
  });

  test('commas in a .tsv, in a folder, by the name that the manifest has', async () => {
    p.write('in/p.tsv', `${header},KSampler.seed\na,1\nb,2\n`);
    p.manifest('matrix: { rows: in/p.tsv }');
    expect((await p.run('validate')).err).toContain('write { file: in/p.tsv, delimiter: "," }');
  });

  test('a table of one column whose texts have other marks is read as it is', async () => {
    const { exit, text } = await validate(`${header}\na fox; red\n"an owl, ""old"""\na | b | c\n`);
    expect([exit, text]).toEqual([0, 'valid: 3 runs, 0 assets\n']);
  });
});

describe('tables as spreadsheets save them', () => {
  test('columns without a name and content are left out, blanks at the end of a row too', async () => {
    p.write('p.csv', `${header},,KSampler.seed,,\na fox,,1,,\nan owl,,2,,,\n`);
    expect(await sent()).toEqual([
      ['a fox', 1],
      ['an owl', 2],
    ]);
  });

  test('a column without a name that has content is an error which says where', async () => {
    const { exit, text } = await validate(`${header},,KSampler.seed\na fox,,1\nan owl,oops,2\n`);
    expect(exit).toBe(2);
    expect(text).toContain(
      'p.csv:1:22 error: column 2 has no name, but cells below it, the first in line 3',
    );
  });

  test('missing cells at the end are not given, and one warning counts them', async () => {
    const { exit, text } = await validate(`${header},KSampler.seed,KSampler.cfg\na,1,2\nb\nc,3\n`);
    expect(exit).toBe(0);
    expect(text).toContain(
      'p.csv:3 warning: 2 rows, the first of them here, have fewer cells than the header: the 3 missing ones are not given',
    );
    expect(text.match(/warning/g)).toHaveLength(1);
    const runs = (await p.plan()).runs.map(({ overrides }) => overrides.map(({ field }) => field));
    expect(runs.map((fields) => fields.includes('cfg'))).toEqual([true, false, false]);
  });

  test('cells beyond the header are an error at the first of them', async () => {
    const { exit, text } = await validate(`${header},KSampler.seed\na fox, red,1\nan owl,2\n`);
    expect(exit).toBe(2);
    expect(text).toContain('p.csv:2:12 error: this row has 3 cells, the header has 2');
    expect(text).toContain('hint: a cell that holds "," needs quotes around it');
  });

  test.each([
    ['“a fox, red”', 'straight ones, ", and not “'],
    ["'a fox, red'", `straight ones, ", and not '`],
  ])('cells in quotes that are none to a CSV: %s', async (cell, told) => {
    const { exit, text } = await validate(`${header},KSampler.seed\n${cell},1\n`);
    expect(exit).toBe(2);
    expect(text).toContain(`needs quotes around it: ${told}`);
  });

  test('lines of blanks before the header and between rows are skipped', async () => {
    p.write('p.csv', `,,\n\n  \n${header},KSampler.seed,\n,,\na fox,1,\n \n`);
    expect(await sent()).toEqual([['a fox', 1]]);
  });
});

describe('quotes', () => {
  const broken = [
    `${header},KSampler.seed`,
    'a 5" pipe,1',
    '"a "nice" fox",2',
    'fine,3',
    ' "x, y",4',
    '"an owl" ,5',
    '"open,6',
    'fine,7',
    '"two',
    'lines",8',
    'b "c",9',
  ].join('\n');

  test('all rows that cannot be read are told at once, each at its quote', async () => {
    const { exit, text } = await validate(broken);
    expect(exit).toBe(2);
    expect(text.match(/^p\.csv\S+ error: .*/gm)).toEqual([
      'p.csv:2:4 error: a quote stands in a cell that does not begin with one',
      'p.csv:3:4 error: a quote inside a quoted cell is written only once',
      'p.csv:5:2 error: a blank stands before the quote that begins this cell',
      'p.csv:6:8 error: a blank stands after the quote that ends this cell',
      'p.csv:7:1 error: a quoted cell is never closed: its quote opens here',
      'p.csv:11:3 error: a quote stands in a cell that does not begin with one',
    ]);
    expect(text).toContain('    7 | "open,6\n      | ^\n');
    expect(text).toContain('"a 5"" pipe"');
  });

  test('what the messages say to write mends the table in one round', async () => {
    const { exit, text } = await validate(
      broken
        .replace('a 5" pipe', '"a 5"" pipe"')
        .replace('"nice"', '""nice""')
        .replace(' "x', '"x')
        .replace('owl" ,', 'owl",')
        .replace('"open', '"open"')
        .replace('b "c"', '"b ""c"""'),
    );
    expect([exit, text]).toEqual([0, 'valid: 9 runs, 0 assets\n']);
  });

  test('an open quote is told where it opens, however much follows', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `fox ${at},${at}\n`).join('');
    const { text } = await validate(`${header},KSampler.seed\nx,1\n"a fox,2\n${rows}`);
    expect(text.match(/error: .*/g)).toEqual([
      'error: a quoted cell is never closed: its quote opens here',
    ]);
    expect(text).toContain('p.csv:3:1 error');
  });

  test('of more than can be shown, every line is named', async () => {
    const rows = Array.from({ length: 45 }, (_, at) => `a ${at}" pipe,${at}\n`).join('');
    const { text } = await validate(`${header},KSampler.seed\n${rows}`);
    expect(text).toContain('p.csv:21:5 error: 26 more rows have a quote where none can stand');
    const rest = Array.from({ length: 26 }, (_, at) => at + 21).join(', ');
    expect(text).toContain(`lines ${rest}\n`);
  });
});
