import type { Problems } from '../diagnostics/problems.js';
import type { Cell } from '../values/datum.js';
import type { RowOrigin, TableOrigin, Variable } from './combination.js';

/** One value of a dimension: what it adds to a combination. */
export interface Step {
  readonly cells: readonly (readonly [string, Cell])[];
  readonly row: RowOrigin | null;
}

/** Rows, a zip group or an axis. Dimensions multiply. */
export interface Dimension {
  /** For messages: `rows`, `style`, `zip`. */
  readonly label: string;
  readonly count: number;
  readonly variables: readonly Variable[];
  readonly tables: readonly TableOrigin[];
  readonly steps:
    /** Any step at once: axes, and tables that are held. */
    | { readonly is: 'indexed'; readonly get: (index: number) => Step }
    /** In order only: tables that are streamed. */
    | {
        readonly is: 'streamed';
        readonly walk: (problems: Problems) => AsyncIterable<readonly Step[]>;
      };
}
