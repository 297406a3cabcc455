import { namelessHint } from '../nameless.js';
import { error, warning } from '../../../diagnostics/diagnostic.js';
import type { Problems } from '../../../diagnostics/problems.js';
import type { Place } from '../../../values/place.js';
import type { CsvShape } from './scan.js';
import { wholeFile } from '../../../diagnostics/lines.js';

export interface HeaderCell {
  readonly name: string;
  readonly at: Place | null;
}

/** The columns that a table has, by their place in a record, and what is wrong with their names. */
export const columnsOf = (
  header: readonly HeaderCell[],
  { filled }: Pick<CsvShape, 'filled'>,
  problems: Problems,
): readonly number[] => {
  const seen = new Map<string, HeaderCell>();
  const columns: number[] = [];
  for (const [index, column] of header.entries()) {
    const { name } = column;
    const key = name.normalize('NFC');
    const first = seen.get(key);
    if (name === '') {
      const line = filled[index];
      // Spreadsheets save columns that were used once, or are only formatted.
      if (line === undefined) continue;
      problems.add(
        error(
          'E0304',
          column.at,
          `column ${index + 1} has no name, but cells below it, the first in line ${line}`,
          { hint: namelessHint(header.filter((other) => other.name !== '').length) },
        ),
      );
    } else if (first !== undefined)
      problems.add(
        error('E0304', column.at, `there are two columns "${name}"`, {
          hint: 'rename one of them, or remove it',
          related: first.at === null ? [] : [{ message: 'the first is here', at: first.at }],
        }),
      );
    seen.set(key, column);
    columns.push(index);
  }
  return columns;
};

/** Spreadsheets leave out the empty cells at the end of a row. */
export const warnOfShortRows = (
  file: string,
  { count, first, cells }: CsvShape['short'],
  problems: Problems,
): void => {
  if (count === 0) return;
  const rows = count === 1 ? 'this row has' : `${count} rows, the first of them here, have`;
  const missing = cells === 1 ? 'the missing cell is' : `the ${cells} missing ones are`;
  problems.add(
    warning(
      'E0305',
      { ...wholeFile(file), line: first },
      `${rows} fewer cells than the header: ${missing} not given, and the workflow's own values stay`,
    ),
  );
};
