import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import { tellQuotes } from '../../src/matrix/tables/csv/quotes.js';
import type { CsvShape } from '../../src/matrix/tables/csv/scan.js';
import { CsvScan } from '../../src/matrix/tables/csv/scan.js';
import { lines } from '../../src/matrix/tables/records.js';

const text = fc
  .array(fc.constantFrom('a', 'b', '"', '""', ',', ' ', '\n', '\r\n', '\r', '"a"', '"a,\n"'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

const scanned = (pieces: readonly string[]): CsvShape => {
  const scan = new CsvScan(',', 1);
  for (const piece of pieces) scan.add(piece);
  return scan.end();
};

/** What csv-parse makes of it; null: it refuses it. */
const parsed = (csv: string): { record: string[]; raw: string }[] | null => {
  try {
    return parse(csv, {
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    }) as unknown as { record: string[]; raw: string }[];
  } catch {
    return null;
  }
};

/** One at a time. */
// eslint-disable-next-line @typescript-eslint/require-await -- what is at hand needs no waiting
async function* pieces(csv: string): AsyncGenerator<string> {
  yield* csv;
}

test('the scan finds a misplaced quote where csv-parse does, and counts its records', () => {
  fc.assert(
    fc.property(text, (csv) => {
      const found = scanned([csv]);
      const records = parsed(csv);
      expect(found.misquoted).toBe(records === null);
      if (records === null) return;
      const filled = records.filter(
        ({ record, raw }) => record.some((cell) => cell.trim() !== '') || raw.includes('"'),
      );
      expect(found.records).toBe(filled.length);
      expect(found.empty.count).toBe(records.length - filled.length);
    }),
    { numRuns: 500 },
  );
});

test('it finds the same wherever the text is cut', () => {
  fc.assert(
    fc.property(text, (csv) => {
      expect(scanned(Array.from(csv))).toEqual(scanned([csv]));
    }),
  );
});

test('mistakes are told of a text that csv-parse refuses, and of no other', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (csv) => {
      const problems = new Problems();
      await tellQuotes(lines(pieces(csv)), { file: 'p.csv', delimiter: ',', line: 0 }, problems);
      expect(problems.errors > 0).toBe(parsed(csv) === null);
      const count = csv.split(/\r\n|\n|\r/).length;
      for (const { at } of problems.kept) {
        expect(at?.line).toBeGreaterThan(0);
        expect(at?.line).toBeLessThanOrEqual(count);
        expect(at?.text?.[at.column - 1]).toBe('"');
      }
    }),
    { numRuns: 500 },
  );
});
