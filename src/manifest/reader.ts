import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import { readNumber } from '../values/decimal.js';
import { durationMs } from './duration.js';
import type { Written } from './manifest.js';
import type { Entry, MapTree, Tree } from './tree.js';

/**
 * Typed access to a map that passed the schema. Where the schema failed the defaults come
 * back, so that later checks can still look for more mistakes.
 */
export class MapReader {
  constructor(
    private readonly map: MapTree | null,
    private readonly problems: Problems,
  ) {}

  entry(key: string): Entry | null {
    return this.map?.entries.get(key) ?? null;
  }

  entries(): (readonly [string, Entry])[] {
    return [...(this.map?.entries ?? [])];
  }

  has(key: string): boolean {
    const tree = this.tree(key);
    return tree !== null && !(tree.is === 'scalar' && tree.type === 'null');
  }

  tree(key: string): Tree | null {
    return this.entry(key)?.value ?? null;
  }

  section(key: string): MapReader {
    const tree = this.tree(key);
    return new MapReader(tree?.is === 'map' ? tree : null, this.problems);
  }

  written(key: string): Written<string> | null {
    const tree = this.tree(key);
    return tree?.is === 'scalar' && tree.type !== 'null' ? { value: tree.text, at: tree.at } : null;
  }

  text(key: string): string | null {
    return this.written(key)?.value ?? null;
  }

  number(key: string): number | null {
    const text = this.text(key);
    const value = text === null ? NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  }

  flag(key: string): boolean | null {
    const text = this.text(key);
    return text === null ? null : /^true$/i.test(text);
  }

  /** A scalar or a list of scalars, as a list. */
  list(key: string): readonly Written<string>[] {
    const tree = this.tree(key);
    const items = tree === null ? [] : tree.is === 'list' ? tree.items : [tree];
    return items.flatMap((item) =>
      item.is === 'scalar' && item.type !== 'null' ? [{ value: item.text, at: item.at }] : [],
    );
  }

  texts(key: string): readonly string[] {
    return this.list(key).map(({ value }) => value);
  }

  /** A duration in ms; without a unit it is a problem. */
  duration(key: string): number | null {
    const written = this.written(key);
    if (written === null) return null;
    const ms = durationMs(written.value);
    const tree = this.tree(key);
    // The schema has told a number.
    if (ms === null && tree?.is === 'scalar' && tree.type === 'text') this.#badDuration(written);
    return ms;
  }

  /** A number of 0 or more, every digit as written. A limit that is none would limit nothing. */
  amount(key: string): string | null {
    const written = this.written(key);
    if (written === null) return null;
    const number = readNumber(written.value);
    if (number !== null && !number.source.startsWith('-')) return number.source;
    const tree = this.tree(key);
    // The schema has told a number below 0.
    if (number === null || (tree?.is === 'scalar' && tree.type === 'text')) {
      const digits = written.value.replaceAll(/[\s,_']/g, '');
      this.problems.add(
        error('E0113', written.at, `"${written.value}" is not a number of ${key}`, {
          hint: `write ${/^\d+$/.test(digits) ? digits : '2000'}: digits, and a point before a fraction`,
        }),
      );
    }
    return null;
  }

  at(key: string): Place | null {
    return this.tree(key)?.at ?? null;
  }

  keyAt(key: string): Place | null {
    return this.entry(key)?.keyAt ?? null;
  }

  #badDuration({ value, at }: Written<string>): void {
    const bare = /^\d+$/.test(value.trim());
    this.problems.add(
      error('E0118', at, `"${value}" is not a duration`, {
        hint: bare ? `${value.trim()}s, if seconds are meant` : '90s, 10m, 1h30m or 2d',
      }),
    );
  }
}
