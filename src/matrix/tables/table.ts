import type { Datum } from '../../values/datum.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Place } from '../../values/place.js';

/** One record of a table. Short-lived: a table of a million rows is never held. */
export interface Row {
  /** Physical line where it begins, 1-based. */
  readonly line: number;
  /** In the order of the columns. */
  readonly cells: readonly Datum[];
  /** Where the cell of a column stands. */
  readonly at: (column: number) => Place | null;
}

/** A table whose header is known and whose rows can be walked again and again. */
export interface Table {
  /** As shown to people. */
  readonly file: string;
  /** Absolute folder: relative paths in cells start there. */
  readonly dir: string;
  readonly columns: readonly { readonly name: string; readonly at: Place | null }[];
  /** Rows that a walk yields, found without keeping them. */
  readonly count: number;
  /** What may separate its names where all of them were read as one, as a hint; null: nothing. */
  readonly delimiterHint: string | null;
  /**
   * In batches: a million rows have no time for a million turns of the event loop. Mistakes of
   * single rows go to `problems`, and the walk goes on where it can.
   */
  rows(problems: Problems): AsyncIterable<readonly Row[]>;
}

/** As a manifest writes it. */
export const shownDelimiter = (mark: string): string => (mark === '\t' ? String.raw`\t` : mark);

/** A name of a file as it can stand in braces. */
export const yamlWord = (name: string): string =>
  /^[\p{L}\p{N}./][\p{L}\p{N}_./ -]*$/u.test(name) && name.trim() === name
    ? name
    : JSON.stringify(name);
