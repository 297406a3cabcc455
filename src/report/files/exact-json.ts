import { JsonNumber } from '../../values/json.js';

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
