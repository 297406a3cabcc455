import { error } from '../../diagnostics/diagnostic.js';
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
        hint: 'save the sheet as CSV (UTF-8): tables of any length can be read from it',
      }),
    );
    return null;
  }
  try {
    const rows = await read(arrayBufferOf(file.value), sheet ?? 1, {
      trim: false,
      parseNumber: (text) => new SheetNumber(text),
    });
    return tableOf(rowsOf(rows), source, problems);
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
    : error('E0301', source.named, `${source.file} cannot be read as XLSX (${detail})`);
};

const rowsOf = (value: unknown): readonly (readonly unknown[])[] =>
  Array.isArray(value) ? value.filter((row): row is unknown[] => Array.isArray(row)) : [];

const tableOf = (
  rows: readonly (readonly unknown[])[],
  source: TextSource & { readonly dir: string },
  problems: Problems,
): Table | null => {
  const [header = [], ...body] = rows;
  const names = header.map((cell) => withLineFeeds(textOf(cell).trim()));
  const at = (line: number): Place => ({
    file: source.file,
    line,
    column: 0,
    length: 1,
    text: null,
  });
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name === '') problems.add(error('E0304', at(1), `column ${index + 1} has no name`));
    else if (seen.has(name)) problems.add(error('E0304', at(1), `there are two columns "${name}"`));
    seen.add(name);
  }
  const rowsBelow = body.map((cells, index) => ({ cells, line: index + 2 }));
  const filled = rowsBelow.filter(({ cells }) => cells.some((cell) => !isEmpty(cell)));
  for (const { cells, line } of filled)
    for (const [index, cell] of cells.entries())
      if (isRounded(cell)) problems.add(rounded(cell, names[index] ?? '', at(line)));
  return heldTable(
    source.file,
    source.dir,
    rowsBelow.map(({ cells, line }) => ({
      values: new Map(
        cells.every(isEmpty) ? [] : names.map((name, index) => [name, datumOf(cells[index])]),
      ),
      line,
      at: () => at(line),
    })),
    problems,
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
  if (cell instanceof Date) return cell.toISOString().replace('T00:00:00.000Z', '');
  if (cell instanceof SheetNumber) return String(Number(cell.text));
  return typeof cell === 'string' || typeof cell === 'boolean' ? String(cell) : '';
};
