import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Project } from '../support/project.js';
import { archive, rowsOf, workbook } from '../support/xlsx.js';

let p: Project;
beforeEach(async () => {
  p = await Project.start({ manifest: 'matrix: { rows: p.xlsx }' });
});
afterEach(() => p.close());

const header = 'Positive Prompt.text';

const texts = async (): Promise<unknown[]> =>
  (await p.plan()).runs.map(
    ({ overrides }) => overrides.find(({ field }) => field === 'text')?.value,
  );

const validate = async (): Promise<{ exit: number; text: string }> => {
  const { exit, out, err } = await p.run('validate');
  return { exit, text: err + out };
};

test('dates and times arrive as people write them, formulas as their values', async () => {
  const rows = [
    [header, 'KSampler.seed'],
    ['<c r="ADDRESS" s="1"><v>46350</v></c>', 1],
    ['<c r="ADDRESS" s="2"><v>46350.4375</v></c>', 2],
    [
      '<c r="ADDRESS" t="str"><f>"a "&amp;B2</f><v>a fox</v></c>',
      '<c r="ADDRESS"><f>1+1</f><v>2</v></c>',
    ],
  ];
  p.write('p.xlsx', workbook({ S: rowsOf(rows) }));
  expect(await texts()).toEqual(['2026-11-24', '2026-11-24T10:30:00', 'a fox']);
});

describe('merged cells', () => {
  test('have the value of the first in each of them, told once', async () => {
    const rows = [
      [header, 'KSampler.seed'],
      ['a fox', 1],
      [null, 2],
      [null, 3],
      ['an owl', 4],
      [null, 5],
    ];
    const merges =
      '<mergeCells count="2"><mergeCell ref="A2:A4"/><mergeCell ref="A5:A6"/></mergeCells>';
    p.write('p.xlsx', workbook({ S: rowsOf(rows) + merges }));
    expect(await texts()).toEqual(['a fox', 'a fox', 'a fox', 'an owl', 'an owl']);
    const { text } = await validate();
    expect(text).toContain('p.xlsx:2 notice: 2 times cells are merged, first A2:A4');
    expect(text.match(/merged/g)).toHaveLength(1);
  });

  test('that reach far beyond the table cost nothing', async () => {
    const sheet = `${rowsOf([[header], ['a fox']])}<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>`;
    p.write('p.xlsx', workbook({ S: sheet }));
    expect(await texts()).toEqual(['a fox']);
  });
});

test('a second sheet is read by its name, with its own merged cells', async () => {
  const second = `${rowsOf([
    [header, 'KSampler.seed'],
    ['an owl', 1],
    [null, 2],
  ])}<mergeCells><mergeCell ref="A2:A3"/></mergeCells>`;
  p.write('p.xlsx', workbook({ 'Read me': rowsOf([['x']]), 'R&amp;D': second }));
  p.manifest('matrix: { rows: { file: p.xlsx, sheet: "R&D" } }');
  expect(await texts()).toEqual(['an owl', 'an owl']);
});

test('rows that are hidden are left out, and a warning says so', async () => {
  const rows = [[header], ['a fox'], ['an owl'], ['a heron'], ['a cat']];
  p.write('p.xlsx', workbook({ S: rowsOf(rows, { 3: 'hidden="1"', 4: "hidden='true'" }) }));
  expect(await texts()).toEqual(['a fox', 'a cat']);
  const { exit, text } = await validate();
  expect(exit).toBe(0);
  expect(text).toContain(
    'p.xlsx:3 warning: 2 rows are hidden in the sheet, the first of them here, and were left out',
  );
});

test('formulas without a value are errors that name the cell', async () => {
  const rows = [
    [header, 'KSampler.seed'],
    ['<c r="ADDRESS" t="e"><f>1/0</f><v>#DIV/0!</v></c>', 1],
    ['a fox', '<c r="ADDRESS"><f>B2+1</f></c>'],
  ];
  p.write('p.xlsx', workbook({ S: rowsOf(rows) }));
  const { exit, text } = await validate();
  expect(exit).toBe(2);
  expect(text).toContain('p.xlsx:2 error: the cell A2 has the error #DIV/0!');
  expect(text).toContain('p.xlsx:3 error: the cell B3 has a formula whose value was not saved');
});

test('a column without name and content, and blank rows above the header, are left out', async () => {
  p.write(
    'p.xlsx',
    workbook({ S: rowsOf([[' '], [header, null, 'KSampler.seed'], ['a fox', ' ', 7]]) }),
  );
  const { exit, text } = await validate();
  expect([exit, text]).toEqual([0, 'valid: 1 run, 0 assets\n']);
  p.write(
    'p.xlsx',
    workbook({
      S: rowsOf([
        [header, null, 'KSampler.seed'],
        ['a fox', 'oops', 7],
      ]),
    }),
  );
  expect((await validate()).text).toContain(
    'p.xlsx:1 error: column 2 has no name, but cells below it, the first in line 2',
  );
});

test.each([
  ['p.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'p.xls is a workbook of Excel 97-2003'],
  ['p.ods', archive({ 'content.xml': '' }), 'p.ods is a table of LibreOffice'],
  ['p.numbers', archive({ 'Index.zip': '' }), 'p.numbers is a table of Numbers'],
  [
    'p.xlsx',
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    'it is a workbook of Excel 97-2003, or has a password',
  ],
  ['p.xlsx', archive({ 'content.xml': '' }), 'it is an ODS table'],
])('%s that is no XLSX is told what to do', async (name, content, told) => {
  p.write(name, content);
  p.manifest(`matrix: { rows: ${name} }`);
  const { exit, text } = await validate();
  expect(exit).toBe(2);
  expect(text).toContain(told);
  expect(text).toMatch(/hint: save .*as XLSX,? or as CSV \(UTF-8\)/);
});
