import type { AxisValues } from '../manifest/manifest.js';

type Range =
  | { readonly ok: true; readonly count: number; readonly get: (index: number) => string }
  | { readonly ok: false; readonly why: string };

const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/** An inclusive range in exact decimals: 0.1 steps stay 0.1 steps. */
export const rangeValues = (values: AxisValues & { is: 'range' }): Range => {
  const { from, to, count, step } = values;
  for (const text of [from, to ?? '0', step ?? '1'])
    if (!decimal.test(text)) return { ok: false, why: `"${text}" is not a decimal number` };
  const places = Math.max(...[from, to ?? '0', step ?? '1'].map(placesOf));
  const first = scaled(from, places);
  const width = scaled(step ?? '1', places);
  const value = (index: number): string => unscaled(first + width * BigInt(index), places);
  if (width === 0n) return { ok: false, why: 'a step of 0 leads nowhere' };
  if (to === null) return { ok: true, count: count ?? 0, get: value };
  const distance = scaled(to, places) - first;
  if (distance !== 0n && distance > 0n !== width > 0n)
    return {
      ok: false,
      why: `from ${from} to ${to} in steps of ${step ?? '1'} has no values${distance < 0n ? ': a falling range needs a negative step' : ''}`,
    };
  const last = distance / width;
  if (last >= BigInt(Number.MAX_SAFE_INTEGER)) return { ok: false, why: 'the range is too long' };
  return { ok: true, count: Number(last) + 1, get: value };
};

const placesOf = (text: string): number => text.split('.')[1]?.length ?? 0;

const scaled = (text: string, places: number): bigint => {
  const [whole = '0', fraction = ''] = text.replace('+', '').split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
};

/** With as many decimals as the most exact of from, to and step. */
const unscaled = (value: bigint, places: number): string => {
  if (places === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};
