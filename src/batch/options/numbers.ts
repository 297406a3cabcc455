import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';

interface Texts {
  text(name: string): string | null;
}

/** A whole number from 1 on; null where the option was not given or is wrong (then a problem). */
export const atLeastOne = (
  typed: Texts,
  name: string,
  shown: string,
  problems: Problems,
): number | null => wholeNumber(typed, name, shown, 1, problems);

export const wholeNumber = (
  typed: Texts,
  name: string,
  shown: string,
  least: number,
  problems: Problems,
  { most = 999_999_999, such = least + 3 }: { readonly most?: number; readonly such?: number } = {},
): number | null => {
  const text = typed.text(name);
  if (text === null) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const range = most === 999_999_999 ? `${least} on` : `${least} to ${most}`;
  problems.add(
    error('E0001', null, `${shown} wants a whole number from ${range}, not "${text}"`, {
      hint: `${shown} ${such}`,
    }),
  );
  return null;
};

/** A port to listen on; 0: any that is free. */
export const portNumber = (typed: Texts, such: number, problems: Problems): number | null =>
  wholeNumber(typed, 'port', '--port', 0, problems, { most: 65_535, such });
