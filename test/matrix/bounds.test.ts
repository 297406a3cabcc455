import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BoundedWalk } from '../../src/edges/files/bounded-walk.js';
import { nodeFiles } from '../../src/edges/files/node-files.js';
import { tooMuch, xlsxLimits } from '../../src/matrix/tables/xlsx-bounds.js';
import { expand } from '../support/expand.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-bounds-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A ZIP archive; `size` is what it says a file has unpacked. */
const zip = (files: readonly { name: string; content: Buffer; size?: number }[]): Buffer => {
  const parts: Buffer[] = [];
  const table: Buffer[] = [];
  let at = 0;
  for (const { name, content, size = content.length } of files) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    table.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, rest, Buffer.from(name));
    parts.push(local);
    at += local.length;
  }
  const contents = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, contents, end]);
};

const sheetName = 'xl/worksheets/sheet1.xml';
const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const workbook = (rows: string | Buffer, size?: number): Buffer => {
  const sheet = Buffer.concat([
    Buffer.from('<worksheet><sheetData>'),
    Buffer.from(rows),
    Buffer.from('</sheetData></worksheet>'),
  ]);
  const file = (name: string, text: string) => ({ name, content: Buffer.from(text) });
  return zip([
    file('[Content_Types].xml', '<Types/>'),
    file(
      'xl/workbook.xml',
      `<workbook xmlns:r="${rels}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ),
    file(
      'xl/_rels/workbook.xml.rels',
      `<Relationships><Relationship Id="r1" Type="${rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    { name: sheetName, content: sheet, ...(size === undefined ? {} : { size }) },
  ]);
};

const cell = (address: string, text: string): string =>
  `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>`;
const table = `<row r="1">${cell('A1', 'a')}</row><row r="2">${cell('A2', 'x')}</row>`;

const messages = async (matrix: string): Promise<string[]> =>
  (await expand(matrix, dir)).problems.kept.map(
    ({ code, message, hint }) => `${code} ${message} | ${hint ?? ''}`,
  );

test('a workbook within the bounds is read', async () => {
  writeFileSync(join(dir, 'p.xlsx'), workbook(table));
  const { values, problems } = await expand('matrix: { rows: p.xlsx }', dir);
  expect(problems.kept).toEqual([]);
  expect(values).toEqual([{ a: 'x' }]);
});

test.each([
  [
    'many cells',
    () => workbook('<row><c/><c/></row>'.repeat(600_000)),
    /rows and 2 columns or more/,
  ],
  [
    'a cell far down',
    () => workbook(`${table}<row r="9999999">${cell('A9999999', 'x')}</row>`),
    /rows and/,
  ],
  [
    'a cell far to the right',
    () => workbook(`<row r="1">${cell('A1', 'a')}${cell('XFDXFD1', 'b')}</row>`),
    /columns or more/,
  ],
  [
    'a row whose number is written as 1e9',
    () => workbook(`<row r="1e9">${cell('A1', 'a')}</row>`),
    /rows and/,
  ],
  [
    'an address that hides its number',
    () => workbook(`<row r="1"><c r="A&#49;000000000"/></row>`),
    /the address/,
  ],
  ['gigabytes of blanks', () => workbook(table, 3_000_000_000), /MB unpacked/],
  [
    'more than it says',
    () => workbook(Buffer.alloc(1_000_000, ' '), 100),
    /larger than the archive says/,
  ],
  ['no table of contents', () => workbook(table).subarray(0, -30), /no ZIP archive/],
] as const)('an XLSX file with %s is refused before it is held in memory', async (_, make, why) => {
  writeFileSync(join(dir, 'p.xlsx'), make());
  const before = process.memoryUsage().rss;
  const [message = '', ...others] = await messages('matrix: { rows: p.xlsx }');
  expect(others).toEqual([]);
  expect(message).toMatch(/^E0301 p\.xlsx cannot be read as XLSX \(.*save the sheet as CSV/);
  expect(message).toMatch(why);
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
});

test('an XLSX file larger than the limit of files is not read at all', async () => {
  const files = nodeFiles();
  const read = await files.read(join(dir, 'none.xlsx'), 1);
  expect(read.ok).toBe(false);
  expect(await tooMuch(workbook(table), { ...xlsxLimits, cells: 1 })).toMatch(/at most 1 cells/);
  const blanks = workbook(Buffer.alloc(2_000_000, ' '));
  expect(await tooMuch(blanks, { ...xlsxLimits, unpackedBytes: 1_000_000 })).toMatch(/MB unpacked/);
  writeFileSync(join(dir, 'p.xlsx'), Buffer.alloc(xlsxLimits.fileBytes + 1));
  expect(await messages('matrix: { rows: p.xlsx }')).toEqual([
    expect.stringMatching(/^E0301 p\.xlsx cannot be read as XLSX \(67108865 bytes, at most/),
  ]);
});

test('a glob ends after so many files and folders, and says so', async () => {
  for (let folder = 0; folder < 20; folder += 1) {
    mkdirSync(join(dir, `d${folder}`));
    for (let file = 0; file < 10; file += 1)
      writeFileSync(join(dir, `d${folder}`, `${file}.txt`), '');
  }
  const patterns = ['**/*.txt'];
  expect(await nodeFiles({ entries: 219, ms: 60_000 }).glob(dir, patterns, [])).toEqual({
    ok: false,
    is: 'tooLarge',
    detail: 'it looks through more than 219 files and folders',
  });
  const whole = await nodeFiles({ entries: 220, ms: 60_000 }).glob(dir, patterns, []);
  expect(whole.ok && whole.value.length).toBe(200);
});

test('a glob ends after so much time', async () => {
  const times = [0, 10, 31_000];
  const walk = new BoundedWalk({ entries: 10, ms: 30_000 }, () => times.shift() ?? 31_000);
  const names = (): Promise<unknown> =>
    new Promise((resolve) =>
      walk.readdir(dir, (failed, found) => resolve(failed?.message ?? found)),
    );
  expect(await names()).toEqual([]);
  expect(await names()).toBe('it was not through after 30 s');
  expect(walk.over).toBe('it was not through after 30 s');
});

test.each([
  ['written from the root', () => '/**'],
  ['that climbs to the root', () => `${relative(dir, '/')}/**`],
])('a glob %s is an error, not a wait', async (_, patternOf) => {
  const pattern = patternOf();
  const files = nodeFiles({ entries: 100, ms: 60_000 });
  const { problems } = await expand(`matrix: { a: { glob: "${pattern}" } }`, dir, 1000, files);
  expect(problems.kept).toMatchObject([
    {
      code: 'E0301',
      message: 'axis "a": the glob is too wide: it looks through more than 100 files and folders',
      hint: 'begin the pattern with the folder that the files lie in',
    },
  ]);
});

test.each([
  ['p.json', 128],
  ['p.yaml', 16],
])('%s above %i MB is refused by its size, and not read', async (name, mb) => {
  writeFileSync(join(dir, name), '');
  truncateSync(join(dir, name), mb * 1024 * 1024 + 1);
  expect(await messages(`matrix: { rows: ${name} }`)).toEqual([
    expect.stringMatching(new RegExp(`^E0360 ${name} has \\d+ bytes, and ${mb} MB.*CSV or JSONL`)),
  ]);
});

test('a table with more columns than Excel has is refused, without a word per column', async () => {
  const line = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join();
  writeFileSync(join(dir, 'p.csv'), `${line}\n${line}\n`);
  expect(await messages('matrix: { rows: p.csv }')).toEqual([
    expect.stringMatching(/^E0361 the first line has 100000 columns, at most 16384 are read/),
  ]);
});

test('a table as wide as Excel allows is read in one walk per line', async () => {
  const names = Array.from({ length: 16_384 }, (_, index) => `column-${index}`).join();
  const cells = `x,"",${','.repeat(16_381)}`;
  writeFileSync(join(dir, 'p.csv'), `${names}\n${`${cells}\n`.repeat(5)}`);
  const { values, problems } = await expand('matrix: { rows: p.csv }', dir);
  expect(problems.errors).toBe(0);
  expect(values[4]).toMatchObject({ 'column-0': 'x', 'column-1': '', 'column-2': null });
});
