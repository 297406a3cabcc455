import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { expand } from '../support/expand.js';

type Cell = string | number | boolean | Date | null;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-xlsx-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sheet = async (name: string, rows: readonly (readonly Cell[])[]): Promise<void> => {
  const cells = rows.map((row) =>
    row.map((value) =>
      value instanceof Date ? { value, format: 'yyyy-mm-dd' } : value === null ? null : { value },
    ),
  );
  await writeExcelFile(cells).toFile(join(dir, name));
};
const messages = async (matrix: string): Promise<string[]> =>
  (await expand(matrix, dir)).problems.kept.map(
    ({ code, message, hint, at }) => `${code} ${at?.line ?? 0} ${message} | ${hint ?? ''}`,
  );

test('cells of a real XLSX arrive as they were typed', async () => {
  await sheet('p.xlsx', [
    ['prompt', 'seed', 'cfg', 'tiled', 'day'],
    ['  a fox,\n"studio" 🦊 ', 42, 0.1, true, new Date('2026-11-24T00:00:00Z')],
    [null, null, null, null, null],
    ['=1+1', 999_999_999_999_999, 7.5, false, null],
    ['007', null, null, null, null],
  ]);
  const { values, combinations, problems } = await expand('matrix: { rows: p.xlsx }', dir);
  expect(problems.errors).toBe(0);
  expect(values).toEqual([
    {
      prompt: '  a fox,\n"studio" 🦊 ',
      seed: '42',
      cfg: '0.1',
      tiled: 'true',
      day: '2026-11-24',
    },
    { prompt: '=1+1', seed: '999999999999999', cfg: '7.5', tiled: 'false', day: null },
    { prompt: '007', seed: null, cfg: null, tiled: null, day: null },
  ]);
  expect(combinations.map(({ row }) => row?.line)).toEqual([2, 4, 5]);
});

test('a seed that the spreadsheet has rounded is refused, not run', async () => {
  await sheet('p.xlsx', [['seed'], [12_345_678_901_234_567_000]]);
  expect(await messages('matrix: { rows: p.xlsx }')).toEqual([
    expect.stringMatching(/^E0306 2 the number 12345678901234567000 in column "seed".*as text/),
  ]);
});

test('a sheet is chosen by name, and a wrong name shows the right ones', async () => {
  await sheet('p.xlsx', [['a'], ['x']]);
  const { values } = await expand('matrix: { rows: { file: p.xlsx, sheet: Sheet1 } }', dir);
  expect(values).toEqual([{ a: 'x' }]);
  expect(await messages('matrix: { rows: { file: p.xlsx, sheet: Sheet9 } }')).toEqual([
    expect.stringMatching(/^E0301 .*Sheet9.*its sheets: "Sheet1"/),
  ]);
});

test.each([
  ['a CSV with the wrong name', 'a,b\n1,2\n'],
  ['a cut archive', 'PK\u0003\u0004'],
])('%s is a diagnostic', async (_, content) => {
  writeFileSync(join(dir, 'p.xlsx'), content);
  expect(await messages('matrix: { rows: p.xlsx }')).toEqual([
    expect.stringMatching(/^E0301 .*cannot be read as XLSX/),
  ]);
});
