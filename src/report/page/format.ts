import { clipped } from '../../values/printable.js';

/** Texts and amounts that only the page needs. The others are those of every report. */

/** `most` letters and a mark: a million in a card would be laid out to show two lines of them. */
export const clip = (text: string, most = 300): string => clipped(text, most + 1);

/** The parts that are there, as one line. */
export const joined = (parts: readonly (string | null)[], between = ' · '): string =>
  parts.filter((part) => part !== null && part !== '').join(between);

export const percent = (share: number): string =>
  `${share > 0.995 && share < 1 ? 99 : Math.round(share * 100)} %`;

/** `+12`, `−0.5`; null where nothing changed. */
export const signed = (
  amount: string | number,
  textOf: (amount: string) => string,
): string | null => {
  const text = String(amount);
  if (Number(amount) === 0) return null;
  return `${text.startsWith('-') ? '−' : '+'}${textOf(text.replace('-', ''))}`;
};

/** In the reader's own language and time zone. */
export const moment = (ms: number): string =>
  new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Key → the items that have it, in order of first appearance. */
export const groupBy = <T, Key>(
  items: readonly T[],
  keyOf: (item: T) => Key,
): ReadonlyMap<Key, readonly [T, ...T[]]> => {
  const groups = new Map<Key, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
