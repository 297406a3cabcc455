import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Project } from '../support/project.js';

let p: Project;
beforeEach(async () => {
  p = await Project.start({ manifest: 'matrix: { rows: rows.csv }' });
});
afterEach(() => p.close());

const seeds = async (...cells: string[]): Promise<string> => {
  p.write(
    'rows.csv',
    `Positive Prompt.text,KSampler.seed\n${cells.map((c, at) => `fox ${at},${c}\n`).join('')}`,
  );
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(0);
  return err;
};

describe('numbers that a spreadsheet has spoilt are told, once for each column', () => {
  test.each([
    ['1.5668E+14', '"1.5668E+14" shows 5 of the 15 digits'],
    ['1.2E+09', '"1.2E+09" shows 2 of the 10 digits'],
    ['123456789012345000', '"123456789012345000" has only zeros after its first 15 digits'],
  ])('%s', async (cell, told) => {
    const err = await seeds('7', cell, cell);
    expect(err).toContain(`rows.csv:3:7 warning: KSampler.seed: ${told}`);
    expect(err).toContain('(2 such values)');
    expect(err).toContain('hint: give the column the format Text');
    expect(err.match(/warning/g)).toHaveLength(1);
  });

  test.each(['42', '4294967295', '18446744073709551615', '2e1', '1000000000000', '20.0'])(
    '%s is as it was typed',
    async (cell) => {
      expect(await seeds(cell)).not.toContain('warning');
    },
  );
});

describe('numbers as spreadsheets of other countries show them are refused with what to write', () => {
  test.each([
    ['KSampler.seed', '1,5668E+14', 'a spreadsheet has rounded it'],
    ['KSampler.seed', '1,234,567', 'write 1234567, without marks between the digits'],
    ['KSampler.seed', "1'234", 'write 1234, without marks between the digits'],
    ['KSampler.cfg', '7,5', 'write 7.5: the decimal mark is a point here'],
  ])('%s: %s', async (field, cell, told) => {
    p.write('rows.csv', `${field}\n"${cell}"\n`);
    const { exit, err } = await p.run('plan');
    expect(exit).toBe(2);
    expect(err).toContain(`hint: ${told}`);
  });
});

describe('whole numbers that ComfyUI does not take are told', () => {
  test.each([
    ['-1', 'the seed -1 is below 0'],
    ['18446744073709551616', '18446744073709551616 is 2^64 or more'],
    ['99999999999999999999999', '99999999999999999999999 is 2^64 or more'],
  ])('%s', async (cell, told) => {
    const err = await seeds(cell);
    expect(err).toContain(`rows.csv:2:7 warning: KSampler.seed: ${told}`);
  });
});

test('results.csv begins with the mark by which Excel knows UTF-8, and its text follows', async () => {
  p.write('rows.csv', 'Positive Prompt.text\n一只狐狸\n');
  expect((await p.apply()).exit).toBe(0);
  const bytes = Buffer.from(p.bytes('out/manifest/results.csv'));
  expect(bytes.subarray(0, 9).toString('latin1')).toBe('\u00ef\u00bb\u00bfindex,');
  expect(bytes.includes(Buffer.from('一只狐狸', 'utf8'))).toBe(true);
  // It is a table that rh-batch reads again.
  p.write('again.csv', p.bytes('out/manifest/results.csv'));
  p.manifest('matrix: { rows: again.csv }');
  expect((await p.plan()).summary).toMatchObject({ total: 1, upToDate: 1 });
});
