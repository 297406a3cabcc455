import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resultsCsv } from '../../src/report/files/csv.js';
import { plainText } from '../../src/values/printable.js';
import { inertCell } from '../../src/report/files/formula.js';
import type { BatchReport } from '../../src/report/model.js';
import { failed, plannedRun, record, reportOf, saved } from './sample.js';

const read = (report: BatchReport): Record<string, string>[] =>
  parse([...resultsCsv(report)].join(''), { columns: true, bom: true });

const withValues = (values: readonly (readonly [string, string])[]): BatchReport =>
  reportOf([[plannedRun(0, { values: new Map(values) }), record(0)]]);

describe('results.csv', () => {
  test('has one line per run and a column for each variable of the matrix', () => {
    const report = reportOf([
      [plannedRun(0), record(0, { state: saved(0, ['a b.png', 'c,"d".png']) })],
      [plannedRun(1, { values: new Map([['style', 'oil']]) }), record(1, failed(1))],
      [plannedRun(2, { row: null }), undefined],
    ]);
    expect(read(report)).toMatchObject([
      {
        index: '0',
        name: '0000-run',
        status: 'succeeded',
        reused: 'false',
        taskId: '1980471280073846785',
        file: 'prompts.csv',
        line: '2',
        prompt: 'a red fox, number 0',
        style: '',
        outputs: 'a b.png|c,"d".png',
        error: '',
        coins: '12',
      },
      { status: 'failed', style: 'oil', errorCode: '805', error: 'CUDA out of memory' },
      { status: 'pending', attempts: '0', file: '', line: '', taskId: '' },
    ]);
  });

  test('a variable that is called like one of our columns keeps both apart', () => {
    const [row] = read(withValues([['status', 'draft']]));
    expect(row).toMatchObject({ status: 'succeeded', 'matrix.status': 'draft' });
  });

  test('any value comes back, but for control characters and the apostrophe before a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [row] = read(withValues([['x', value]]));
        expect(row?.['x']?.replace(/\r\n?/g, '\n')).toBe(
          inertCell(plainText(value)).replace(/\r\n?/g, '\n'),
        );
      }),
    );
  });
});

describe('text that a spreadsheet would run', () => {
  test.each([
    '=1+1',
    '=HYPERLINK("http://x")',
    '+cmd|/c calc',
    '-2+3',
    '- a dash',
    '@SUM(A1)',
    '\t=1',
    '  =1',
    '\r=1',
    '＝1+1',
  ])('%j is neutralised', (text) => {
    expect(inertCell(text)).toBe(`'${text}`);
    expect(read(withValues([['x', text]]))[0]?.['x']).toBe(`'${text}`);
  });

  test.each(['-5', '+5', '-1.5e3', '-.5', '5.', 'a = b', 'fox', '', '(-1)'])(
    '%j is none',
    (text) => {
      expect(inertCell(text)).toBe(text);
    },
  );

  test('neither a header nor an error message runs', () => {
    const report = reportOf([
      [
        plannedRun(0, { values: new Map([['=x', 'v']]) }),
        record(0, failed(0, { ...error, message: '=cmd()' })),
      ],
    ]);
    expect(read(report)[0]).toMatchObject({ "'=x": 'v', error: "'=cmd()" });
  });
});

const error = {
  class: 'task',
  code: null,
  message: '',
  node: null,
  field: null,
  traceback: null,
} as const;
