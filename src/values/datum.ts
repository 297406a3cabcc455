import type { Place } from './place.js';

/**
 * Data as its author wrote it. Scalars keep their source text until they meet
 * the JSON type of the field they are meant for: `1.0`, `007` and `no` stay so.
 */
export type Datum =
  /** An empty cell or a YAML/JSON null: not given. */
  | { readonly is: 'absent' }
  | {
      readonly is: 'scalar';
      readonly text: string;
      /** What the file's own grammar takes the scalar for. A CSV cell and a quoted YAML scalar are text. */
      readonly type: 'text' | 'number' | 'boolean';
    }
  | { readonly is: 'list'; readonly items: readonly Datum[] }
  | { readonly is: 'map'; readonly entries: ReadonlyMap<string, Datum> };

/** A datum and where it stands. `at` is a function since most places are never asked for. */
export interface Cell {
  readonly datum: Datum;
  /** Absolute folder of the file that holds it: relative paths in it start there. */
  readonly dir: string;
  readonly at: () => Place | null;
}

export const absent: Datum = { is: 'absent' };
export const text = (value: string): Datum => ({ is: 'scalar', text: value, type: 'text' });
