import { maxGroups } from './durations.js';

/** Runs to come, counted by the values of their matrix; of prompts and seeds only the number. */
export class Mix {
  total = 0;
  /** null: too many values to tell anything. */
  readonly #axes = new Map<string, Map<string, number> | null>();
  #open = true;

  /** `values` is asked for only while an axis may tell something. */
  add(values: () => Iterable<readonly [string, string]>, by: 1 | -1 = 1): void {
    this.total = Math.max(0, this.total + by);
    if (!this.#open) return;
    for (const [axis, value] of values()) {
      let counts = this.#axes.get(axis);
      if (counts === null) continue;
      if (counts === undefined) this.#axes.set(axis, (counts = new Map<string, number>()));
      counts.set(value, Math.max(0, (counts.get(value) ?? 0) + by));
      if (counts.size > maxGroups) this.#axes.set(axis, null);
    }
    this.#open = this.#axes.size === 0 || [...this.#axes.values()].some((axis) => axis !== null);
  }

  /** How many runs have each value; those without one are under undefined. */
  groups(axis: string | null): readonly (readonly [string | undefined, number])[] {
    const counts = axis === null ? null : (this.#axes.get(axis) ?? null);
    if (counts === null) return [[undefined, this.total]];
    const known = [...counts];
    const rest = this.total - known.reduce((sum, [, count]) => sum + count, 0);
    return rest > 0 ? [...known, [undefined, rest]] : known;
  }

  /** So many runs of which nothing else is known. */
  static of(total: number): Mix {
    const mix = new Mix();
    mix.total = total;
    return mix;
  }

  copy(): Mix {
    const copy = new Mix();
    copy.total = this.total;
    copy.#open = this.#open;
    for (const [axis, counts] of this.#axes)
      copy.#axes.set(axis, counts === null ? null : new Map(counts));
    return copy;
  }
}
