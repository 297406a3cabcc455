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
): number | null => {
  const text = typed.text(name);
  if (text === null) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  problems.add(
    error('E0001', null, `${shown} wants a whole number from ${least} on, not "${text}"`, {
      hint: `${shown} ${least + 3}`,
    }),
  );
  return null;
};
