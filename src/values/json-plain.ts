import { sameDecimal } from './decimal.js';
import type { Json } from './json.js';
import { JsonNumber } from './json.js';
import { isList, isObject } from './json-text.js';

/** For reports: numbers that survive a double become numbers, the others stay text. */
export const toPlain = (json: Json): unknown => {
  if (json instanceof JsonNumber) return plainNumber(json.source);
  if (isList(json)) return json.map(toPlain);
  if (isObject(json))
    return Object.fromEntries([...json].map(([key, value]) => [key, toPlain(value)]));
  return json;
};

/** A number where a double holds all its digits, else the digits. */
const plainNumber = (source: string): number | string => {
  const value = Number(source);
  if (!Number.isFinite(value)) return source;
  return sameDecimal(String(value), source) ? value : source;
};

/**
 * JSON.stringify for plain data in which a `JsonNumber` may stand: it is written digit for
 * digit, since sums of money must not pass through a double. `indent`: blanks for each level;
 * 0 writes one line.
 */
export const exactJson = (value: unknown, indent = 0): string => write(value, indent, 0);

const write = (value: unknown, indent: number, depth: number): string => {
  if (value instanceof JsonNumber) return value.source;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => write(item, indent, depth + 1));
    return wrap('[', items, ']', indent, depth);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const colon = indent === 0 ? ':' : ': ';
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}${colon}${write(item, indent, depth + 1)}`,
  );
  return wrap('{', entries, '}', indent, depth);
};

const wrap = (
  open: string,
  items: readonly string[],
  close: string,
  indent: number,
  depth: number,
): string => {
  if (indent === 0 || items.length === 0) return `${open}${items.join(',')}${close}`;
  const margin = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${open}${margin}${items.join(`,${margin}`)}\n${' '.repeat(indent * depth)}${close}`;
};
