import type { Datum } from './datum.js';
import type { Json } from './json.js';
import { JsonNumber } from './json.js';
import { isList, isObject, jsonText } from './json-text.js';

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** User data as JSON: plain numbers keep their digits; what JSON cannot say stays text. */
const jsonOf = (datum: Datum): Json => {
  switch (datum.is) {
    case 'absent':
      return null;
    case 'list':
      return datum.items.map(jsonOf);
    case 'map':
      return new Map([...datum.entries].map(([key, value]) => [key, jsonOf(value)]));
    case 'scalar':
      if (datum.type === 'number' && jsonNumber.test(datum.text)) return new JsonNumber(datum.text);
      return datum.type === 'boolean' ? /^true$/i.test(datum.text) : datum.text;
  }
};

export const datumJson = (datum: Datum): string => jsonText(jsonOf(datum));

/** JSON values as user data; numbers keep their source text. */
export const datumFromJson = (json: Json): Datum => {
  if (json === null) return { is: 'absent' };
  if (typeof json === 'string') return { is: 'scalar', text: json, type: 'text' };
  if (typeof json === 'boolean') return { is: 'scalar', text: String(json), type: 'boolean' };
  if (json instanceof JsonNumber) return { is: 'scalar', text: json.source, type: 'number' };
  if (isList(json)) return { is: 'list', items: json.map(datumFromJson) };
  return isObject(json)
    ? { is: 'map', entries: new Map([...json].map(([key, value]) => [key, datumFromJson(value)])) }
    : { is: 'absent' };
};

/** Equal as a matrix sees it: scalars by their text, so that `1` and `"1"` are one value. */
export const sameDatum = (a: Datum, b: Datum): boolean => {
  if (a.is === 'scalar' && b.is === 'scalar') return a.text === b.text;
  if (a.is === 'list' && b.is === 'list')
    return (
      a.items.length === b.items.length &&
      a.items.every((item, at) => sameDatum(item, b.items[at] ?? { is: 'absent' }))
    );
  if (a.is === 'map' && b.is === 'map') {
    const other = b.entries;
    return (
      a.entries.size === other.size &&
      [...a.entries].every(([key, value]) => {
        const there = other.get(key);
        return there !== undefined && sameDatum(value, there);
      })
    );
  }
  return a.is === b.is;
};
