import type { Datum } from '../../values/datum.js';
import type { RunCore } from '../evaluate.js';

const mostRuns = 20_000;
const mostCharacters = 16 * 1024 * 1024;

/**
 * The evaluated runs of a batch that is not too large to be held, so that later walks, the
 * report's among them, need not evaluate them again. A larger batch is evaluated at every walk.
 */
export class KeptRuns {
  #batches: (readonly RunCore[])[] | null = [];
  #runs = 0;
  #characters = 0;
  #ended = false;

  /** All runs, in batches; null: they are not held. */
  get whole(): readonly (readonly RunCore[])[] | null {
    return this.#ended ? this.#batches : null;
  }

  add(batch: readonly RunCore[]): void {
    if (this.#batches === null) return;
    this.#runs += batch.length;
    for (const { combination } of batch)
      for (const { datum } of combination.variables.values()) this.#characters += sizeOf(datum);
    if (this.#runs > mostRuns || this.#characters > mostCharacters) this.#batches = null;
    else this.#batches.push(batch);
  }

  /** The walk has come to its end. */
  end(): void {
    this.#ended = true;
  }
}

const sizeOf = (datum: Datum): number => {
  switch (datum.is) {
    case 'absent':
      return 0;
    case 'scalar':
      return datum.text.length;
    case 'list':
      return datum.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case 'map':
      return [...datum.entries.values()].reduce((sum, entry) => sum + sizeOf(entry), 0);
  }
};
