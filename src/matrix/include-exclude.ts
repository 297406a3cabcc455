import type { Written } from '../manifest/manifest.js';
import type { Cell, Datum } from '../values/datum.js';
import { absent } from '../values/datum.js';
import { sameDatum } from '../values/datum-json.js';

type Entry = Written<ReadonlyMap<string, Written<Datum>>>;
type Cells = ReadonlyMap<string, Cell>;

/** Whether every key of the entry has the entry's value. */
export const matches = (entry: Entry, cells: Cells): boolean => {
  for (const [key, { value }] of entry.value)
    if (!sameDatum(cells.get(key)?.datum ?? absent, value)) return false;
  return true;
};

/**
 * GitHub Actions' `include`: an entry extends every combination of the product in which it
 * overwrites no original value; what an earlier entry added may be overwritten. An entry that
 * extends none becomes a combination of its own.
 */
export class Includes {
  readonly #extended = new Set<number>();

  constructor(
    private readonly entries: readonly Entry[],
    private readonly original: ReadonlySet<string>,
    private readonly dir: string,
  ) {}

  /** The cells of a combination of the product with what the entries add. */
  extend(cells: Cells): Cells {
    if (this.entries.length === 0) return cells;
    let extended: Map<string, Cell> | null = null;
    for (const [index, entry] of this.entries.entries()) {
      if (!this.#fits(entry, cells)) continue;
      this.#extended.add(index);
      extended ??= new Map(cells);
      for (const [key, written] of entry.value)
        if (!this.original.has(key)) extended.set(key, this.#cell(written));
    }
    return extended ?? cells;
  }

  /** Entries that extended nothing, with their index; known when the product was walked. */
  *added(): Generator<{ readonly index: number; readonly cells: Cells }> {
    for (const [index, entry] of this.entries.entries())
      if (!this.#extended.has(index))
        yield {
          index,
          cells: new Map([...entry.value].map(([key, written]) => [key, this.#cell(written)])),
        };
  }

  #fits(entry: Entry, cells: Cells): boolean {
    for (const [key, { value }] of entry.value)
      if (this.original.has(key) && !sameDatum(cells.get(key)?.datum ?? absent, value))
        return false;
    return true;
  }

  #cell({ value, at }: Written<Datum>): Cell {
    return { datum: value, dir: this.dir, at: () => at };
  }
}
