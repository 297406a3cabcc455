import { compareDecimals, parseDecimal } from '../../../values/decimal.js';

/** Numbers first and by their size, then texts as a person would sort them. */
export const compareValues = (a: string, b: string): number => {
  if (a === b) return 0;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return left - right || byDigits(a, b);
  if (left !== null) return -1;
  if (right !== null) return 1;
  return texts.compare(a, b);
};

/** Negative, zero or positive; null: they are not both numbers. */
export const compareNumbers = (a: string, b: string): number | null => {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === null || right === null ? null : left - right || byDigits(a, b);
};

const texts = new Intl.Collator(undefined, { numeric: true });

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

const numberOf = (text: string): number | null => {
  const trimmed = text.trim();
  if (!numeric.test(trimmed)) return null;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : null;
};

/** Seeds reach 2^64−1: two of them may be the same double and yet differ. */
const byDigits = (a: string, b: string): number => {
  const [left, right] = [parseDecimal(a.trim()), parseDecimal(b.trim())];
  return left === null || right === null ? 0 : compareDecimals(left, right);
};
