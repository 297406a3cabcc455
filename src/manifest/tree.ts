import type { Datum } from '../values/datum.js';
import type { Place } from '../values/place.js';

/** A YAML document as data with places: aliases and merge keys resolved, scalars as source text. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly is: 'scalar';
  /** Source text of a plain scalar, cooked text of a quoted or block one. */
  readonly text: string;
  readonly type: 'text' | 'number' | 'boolean' | 'null';
  readonly at: Place;
}

interface ListTree {
  readonly is: 'list';
  readonly items: readonly Tree[];
  readonly at: Place;
}

export interface MapTree {
  readonly is: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Place;
}

export interface Entry {
  readonly keyAt: Place;
  readonly value: Tree;
}

/** For user data: scalars keep their text until they meet a field. */
export const datumOf = (tree: Tree): Datum => {
  switch (tree.is) {
    case 'scalar':
      return tree.type === 'null'
        ? { is: 'absent' }
        : { is: 'scalar', text: tree.text, type: tree.type };
    case 'list':
      return { is: 'list', items: tree.items.map(datumOf) };
    case 'map':
      return {
        is: 'map',
        entries: new Map([...tree.entries].map(([key, { value }]) => [key, datumOf(value)])),
      };
  }
};

/** For the schema check: plain values on objects without a prototype. */
export const plainOf = (tree: Tree): unknown => {
  switch (tree.is) {
    case 'scalar':
      return plainScalar(tree);
    case 'list':
      return tree.items.map(plainOf);
    case 'map': {
      const object = Object.create(null) as Record<string, unknown>;
      for (const [key, { value }] of tree.entries) object[key] = plainOf(value);
      return object;
    }
  }
};

const plainScalar = ({ text, type }: ScalarTree): unknown => {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return Number(text.replace(/^\+/, ''));
    case 'boolean':
      return /^true$/i.test(text);
    case 'null':
      return null;
  }
};

/** A profile over its base: maps merge, everything else replaces. */
export const mergeTrees = (base: Tree, over: Tree): Tree => {
  if (base.is !== 'map' || over.is !== 'map') return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(
      key,
      below === undefined ? entry : { ...entry, value: mergeTrees(below.value, entry.value) },
    );
  }
  return { is: 'map', entries, at: base.at };
};
