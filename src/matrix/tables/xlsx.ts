import { namelessHint } from './nameless.js';
import { error, notice, warning } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import { withLineFeeds } from '../../values/line-ends.js';
import type { Place } from '../../values/place.js';
import type { Datum } from '../../values/datum.js';
import { absent } from '../../values/datum.js';
import { heldTable } from './records.js';
import type { Table } from './table.js';
import type { TextSource } from './text.js';
import { tooMuch, xlsxLimits } from './xlsx-bounds.js';
import type { SheetMarks } from './xlsx-marks.js';
import { sheetMarks } from './xlsx-marks.js';

/** The little of `read-excel-file` that is used; an optional package, loaded only here. */
type ReadSheet = (
  file: ArrayBuffer,
  sheet: string | number,
  options: { readonly trim: boolean; readonly parseNumber: (text: string) => SheetNumber },
) => Promise<unknown>;

/** A number's text as it stands in the file, so that no float comes between. */
class SheetNumber {
  constructor(readonly text: string) {}
}

/** The one that takes bytes, goes by the archive's table of contents, and opens no file. */
const packageName = 'read-excel-file/universal';

export const xlsxTable = async (
  source: TextSource & { readonly dir: string },
  sheet: string | null,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const read = await load();
  if (read === null) {
    problems.add(
      error('E0317', source.named, 'XLSX tables need the package read-excel-file, 9 or newer', {
        hint: 'npm install read-excel-file, or save the sheet as CSV (UTF-8)',
      }),
    );
    return null;
  }
  const file = await files.read(source.path, xlsxLimits.fileBytes);
  const why = file.ok ? await tooMuch(file.value) : file.detail;
  if (!file.ok || why !== null) {
    problems.add(
      error('E0301', source.named, `${source.file} cannot be read as XLSX (${why})`, {
        hint: /^it is an? /.test(why ?? '')
          ? 'save it as XLSX or as CSV (UTF-8)'
          : 'save the sheet as CSV (UTF-8): tables of any length can be read from it',
      }),
    );
    return null;
  }
  try {
    const rows = await read(arrayBufferOf(file.value), sheet ?? 1, {
      trim: false,
      parseNumber: (text) => new SheetNumber(text),
    });
    const marks = await sheetMarks(file.value, sheet);
    return tableOf(filledMerges(rowsOf(rows), marks, source, problems), marks, source, problems);
  } catch (cause) {
    problems.add(unreadable(cause, source));
    return null;
  }
};

/** The file's bytes alone: they may be a part of a larger buffer. */
const arrayBufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer => {
  const alone = new ArrayBuffer(byteLength);
  new Uint8Array(alone).set(new Uint8Array(buffer, byteOffset, byteLength));
  return alone;
};

const load = async (): Promise<ReadSheet | null> => {
  try {
    const name: string = packageName;
    const module: unknown = await import(name);
    const found =
      typeof module === 'object' && module !== null && 'readSheet' in module
        ? module.readSheet
        : null;
    return typeof found === 'function' ? (found as ReadSheet) : null;
  } catch {
    return null;
  }
};

const unreadable = (cause: unknown, source: TextSource): ReturnType<typeof error> => {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const sheets = cause instanceof Error && 'sheets' in cause ? cause.sheets : null;
  return Array.isArray(sheets)
    ? error('E0301', source.named, `${source.file}: ${detail}`, {
        hint: `its sheets: ${sheets.map((name) => `"${String(name)}"`).join(', ')}`,
      })
    : error('E0301', source.named, `${source.file} cannot be read as XLSX (${detail})`, {
        hint: 'open it in a spreadsheet and save it as XLSX or as CSV (UTF-8)',
      });
};

const rowsOf = (value: unknown): readonly (readonly unknown[])[] =>
  Array.isArray(value) ? value.filter((row): row is unknown[] => Array.isArray(row)) : [];

/** People merge cells below each other to say one value for all of them. */
const filledMerges = (
  rows: readonly (readonly unknown[])[],
  { merges }: SheetMarks,
  source: TextSource,
  problems: Problems,
): readonly (readonly unknown[])[] => {
  const header = rows.findIndex((cells) => !cells.every(isEmpty));
  const below = merges.filter(({ rows: [first] }) => first - 1 > header);
  const filled = rows.map((cells) => [...cells]);
  for (const { rows: at, columns } of below) {
    const value = rows[at[0] - 1]?.[columns[0] - 1];
    for (let row = at[0] - 1; row < Math.min(at[1], rows.length); row += 1) {
      const cells = filled[row] ?? [];
      for (let column = columns[0] - 1; column < Math.min(columns[1], cells.length); column += 1)
        cells[column] = value;
    }
  }
  const [first] = below;
  if (first !== undefined)
    problems.add(
      notice(
        'E0332',
        lineOf(source, first.rows[0]),
        below.length === 1
          ? `the cells ${first.ref} are merged: each of them has the value of the first`
          : `${below.length} times cells are merged, first ${first.ref}: each of them has the value of the first of its own`,
      ),
    );
  return filled;
};

const lineOf = ({ file }: TextSource, line: number): Place => ({ ...wholeFile(file), line });

const tableOf = (
  rows: readonly (readonly unknown[])[],
  { hidden, valueless }: SheetMarks,
  source: TextSource & { readonly dir: string },
  problems: Problems,
): Table | null => {
  const at = (line: number): Place => lineOf(source, line);
  const top = Math.max(
    0,
    rows.findIndex((cells) => !cells.every(isEmpty)),
  );
  const header = (rows[top] ?? []).map((cell, column) => ({
    name: withLineFeeds(textOf(cell).trim()),
    column,
  }));
  const all = rows.slice(top + 1).map((cells, index) => ({ cells, line: top + index + 2 }));
  const body = all.filter(({ line }) => !hidden.has(line));
  warnOfHidden(
    all.filter(({ cells, line }) => hidden.has(line) && !cells.every(isEmpty)),
    source,
    problems,
  );
  const named = namedColumns(header, body, at(top + 1), problems);
  for (const { address, row, why } of valueless)
    if (row > top + 1 && !hidden.has(row))
      problems.add(
        error('E0306', at(row), `the cell ${address} ${why}`, {
          hint: 'open the table in a spreadsheet, mend the formula or put its value in, and save it',
        }),
      );
  for (const { cells, line } of body)
    for (const { name, column } of named) {
      const cell = cells[column];
      if (isRounded(cell)) problems.add(rounded(cell, name, at(line)));
    }
  return heldTable(
    source.file,
    source.dir,
    body.map(({ cells, line }) => ({
      values: new Map(
        cells.every(isEmpty) ? [] : named.map(({ name, column }) => [name, datumOf(cells[column])]),
      ),
      line,
      at: () => at(line),
    })),
    problems,
  );
};

interface NamedColumn {
  readonly name: string;
  readonly column: number;
}

/** Without those that have neither name nor content. */
const namedColumns = (
  header: readonly NamedColumn[],
  body: readonly { readonly cells: readonly unknown[]; readonly line: number }[],
  at: Place,
  problems: Problems,
): NamedColumn[] => {
  const seen = new Set<string>();
  return header.filter(({ name, column }) => {
    if (name === '') {
      const filled = body.find(({ cells }) => !isEmpty(cells[column]));
      if (filled !== undefined)
        problems.add(
          error(
            'E0304',
            at,
            `column ${column + 1} has no name, but cells below it, the first in line ${filled.line}`,
            { hint: namelessHint(header.filter((other) => other.name !== '').length) },
          ),
        );
      return false;
    }
    if (seen.has(name))
      problems.add(
        error('E0304', at, `there are two columns "${name}"`, {
          hint: 'rename one of them, or remove it',
        }),
      );
    seen.add(name);
    return true;
  });
};

/** What nobody sees in the sheet, nobody asked to be run. */
const warnOfHidden = (
  rows: readonly { readonly line: number }[],
  source: TextSource,
  problems: Problems,
): void => {
  const [first] = rows;
  if (first === undefined) return;
  const what =
    rows.length === 1
      ? 'this row is hidden in the sheet and was left out'
      : `${rows.length} rows are hidden in the sheet, the first of them here, and were left out`;
  problems.add(
    warning('E0333', lineOf(source, first.line), what, {
      hint: 'show them in the spreadsheet (clear its filters) and save it, if they are to be run',
    }),
  );
};

const isEmpty = (cell: unknown): boolean =>
  cell == null || (typeof cell === 'string' && cell.trim() === '');

/** A spreadsheet keeps 15 digits: a longer integer is no longer what its author typed. */
const isRounded = (cell: unknown): cell is SheetNumber =>
  cell instanceof SheetNumber &&
  Number.isInteger(Number(cell.text)) &&
  Math.abs(Number(cell.text)) >= 1e15;

const rounded = (cell: SheetNumber, column: string, at: Place): ReturnType<typeof error> =>
  error('E0306', at, `the number ${cell.text} in column "${column}" has been rounded`, {
    hint: 'spreadsheets keep 15 digits: format the column as text and type the number again',
  });

const datumOf = (cell: unknown): Datum => {
  if (cell === null || cell === undefined || cell === '') return absent;
  if (cell instanceof SheetNumber)
    return { is: 'scalar', text: String(Number(cell.text)), type: 'number' };
  if (typeof cell === 'boolean') return { is: 'scalar', text: String(cell), type: 'boolean' };
  return { is: 'scalar', text: withLineFeeds(textOf(cell)), type: 'text' };
};

/** Dates have no time zone in a sheet; the package reads them as UTC. */
const textOf = (cell: unknown): string => {
  if (cell instanceof Date)
    return (
      cell
        .toISOString()
        .replace('T00:00:00.000Z', '')
        .replace(/(?:\.000)?Z$/, '')
        // A time of day alone counts from the day before the first.
        .replace(/^1899-12-3[01]T/, '')
    );
  if (cell instanceof SheetNumber) return String(Number(cell.text));
  return typeof cell === 'string' || typeof cell === 'boolean' ? String(cell) : '';
};
