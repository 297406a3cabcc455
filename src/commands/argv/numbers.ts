import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Call } from './call.js';

/** A whole number from 1 on; null where the option was not given or is wrong (then a problem). */
export const atLeastOne = (
  call: Call,
  name: string,
  shown: string,
  problems: Problems,
): number | null => wholeNumber(call, name, shown, 1, problems);

export const wholeNumber = (
  call: Call,
  name: string,
  shown: string,
  least: number,
  problems: Problems,
): number | null => {
  const typed = call.text(name);
  if (typed === null) return null;
  const value = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
  if (value >= least) return value;
  problems.add(
    error('E0001', null, `${shown} wants a whole number from ${least} on, not "${typed}"`),
  );
  return null;
};
