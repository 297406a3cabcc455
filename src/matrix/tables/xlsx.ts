import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Place } from '../../values/place.js';
import type { Datum } from '../../values/datum.js';
import { absent } from '../../values/datum.js';
import { heldTable } from './records.js';
import type { Table } from './table.js';
import type { TextSource } from './text.js';

/** The little of `read-excel-file` that is used; an optional package, loaded only here. */
type ReadSheet = (path: string, options?: { readonly sheet?: string }) => Promise<unknown>;

const packageName = 'read-excel-file/node';

export const xlsxTable = async (
  source: TextSource & { readonly dir: string },
  sheet: string | null,
  problems: Problems,
): Promise<Table | null> => {
  const read = await load();
  if (read === null) {
    problems.add(
      error('E0317', source.named, 'XLSX tables need the package read-excel-file', {
        hint: 'npm install read-excel-file, or save the sheet as CSV (UTF-8)',
      }),
    );
    return null;
  }
  try {
    const rows = rowsOf(await read(source.path, sheet === null ? {} : { sheet }));
    return tableOf(rows, source, problems);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    problems.add(error('E0301', source.named, `${source.file} cannot be read as XLSX (${detail})`));
    return null;
  }
};

const load = async (): Promise<ReadSheet | null> => {
  try {
    const name: string = packageName;
    const module: unknown = await import(name);
    const found =
      typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
    return typeof found === 'function' ? (found as ReadSheet) : null;
  } catch {
    return null;
  }
};

/** Either rows of cells, or (newer versions) sheets of rows: the first one then. */
const rowsOf = (value: unknown): readonly (readonly unknown[])[] => {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  const [first] = items;
  if (typeof first === 'object' && first !== null && 'data' in first) return rowsOf(first.data);
  return items.filter((row): row is unknown[] => Array.isArray(row));
};

const tableOf = (
  rows: readonly (readonly unknown[])[],
  source: TextSource & { readonly dir: string },
  problems: Problems,
): Table | null => {
  const [header = [], ...body] = rows;
  const names = header.map((cell) => textOf(cell).trim());
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
  const filled = body
    .map((cells, index) => ({ cells, line: index + 2 }))
    .filter(({ cells }) => cells.some((cell) => cell != null && cell !== ''));
  if (filled.length === 0) problems.add(error('E0303', at(0), 'the table has no rows'));
  return filled.length === 0
    ? null
    : heldTable(
        source.file,
        source.dir,
        filled.map(({ cells, line }) => ({
          values: new Map(names.map((name, index) => [name, datumOf(cells[index])])),
          line,
          at: () => at(line),
        })),
      );
};

const datumOf = (cell: unknown): Datum => {
  if (cell === null || cell === undefined || cell === '') return absent;
  if (typeof cell === 'number') return { is: 'scalar', text: String(cell), type: 'number' };
  if (typeof cell === 'boolean') return { is: 'scalar', text: String(cell), type: 'boolean' };
  return { is: 'scalar', text: textOf(cell), type: 'text' };
};

const textOf = (cell: unknown): string => {
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'
    ? String(cell)
    : '';
};
