import type { Place } from '../values/place.js';
import type { Cell } from '../values/datum.js';

/** One point of the matrix: the variables of one run before they meet the workflow. */
export interface Combination {
  /** Place in the full expansion, before any selection and sampling. 0-based. */
  readonly index: number;
  /** In the order of axes and columns. Columns `_name`, `_skip`, `_tags` are in here too. */
  readonly variables: ReadonlyMap<string, Cell>;
  /** The table row it came from; null where no `rows` take part. */
  readonly row: RowOrigin | null;
  /** Which include entry made it; null for a combination of the product. */
  readonly include: number | null;
  /** 0-based; beyond 0 only with `repeat`. */
  readonly repeat: number;
}

export interface RowOrigin {
  /** As shown to people. */
  readonly file: string;
  /** Physical line where the row begins, 1-based. */
  readonly line: number;
}

/** A column or an axis: its name, and where that is written. */
export interface Variable {
  readonly name: string;
  readonly at: Place | null;
  readonly source: 'column' | 'axis' | 'include';
}

/** A table of the matrix: where its header stands, and the variables that come from it. */
export interface TableOrigin {
  readonly file: string;
  readonly at: Place | null;
  readonly variables: readonly string[];
  /** Names as they stand in its header. */
  readonly columns: readonly string[];
  /** What may separate its names where all of them were read as one, as a hint; null: nothing. */
  readonly delimiterHint: string | null;
}

/**
 * An expanded matrix. `combinations()` can be walked again and yields the same every time. It
 * comes in stretches of what is at hand, each of them lazy too and to be walked before the next.
 */
export interface Matrix {
  /** Known before the walk (axes, columns, include keys). */
  readonly variables: readonly Variable[];
  readonly tables: readonly TableOrigin[];
  /** Axes and columns by whose values include entries add something. */
  readonly deciding: readonly string[];
  /** Why it is no mistake if there are no combinations; null: it is one. */
  readonly emptyOnPurpose: string | null;
  combinations(): AsyncIterable<Iterable<Combination>>;
}
