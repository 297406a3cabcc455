import { error } from '../../diagnostics/diagnostic.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Place } from '../../values/place.js';

/** Formats that are held in memory as a whole, and how large a file of them may be. */
const wholeMb: Readonly<Record<string, number>> = { json: 128, yaml: 16 };
/** As many as Excel has. */
const maxColumns = 16_384;

/** A file that is too large to be read at once; null: it is not, or its format is streamed. */
export const tooLarge = (
  format: string | null,
  bytes: number,
  { file, named }: { readonly file: string; readonly named: Place | null },
): Diagnostic | null => {
  const mb = format === null ? undefined : wholeMb[format];
  if (mb === undefined || bytes <= mb * 1024 * 1024) return null;
  return error('E0360', named, `${file} has ${bytes} bytes, and ${mb} MB of it are read at most`, {
    hint: 'save it as CSV or JSONL: both are read line by line, whatever their size',
  });
};

/** A header that is none: a table that was turned, or a text without line ends. */
export const tooWide = (columns: number, at: Place | null): Diagnostic | null =>
  columns <= maxColumns
    ? null
    : error('E0361', at, `the first line has ${columns} columns, at most ${maxColumns} are read`, {
        hint: 'one run is one row, and one variable one column: is the table turned?',
      });
