/** Decimal numbers as text, never through a double: seeds reach 2^64−1 and coins are money. */

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Exponents beyond this mean a typing slip; spelling such a number out would only cost memory. */
const maxExponent = 400;

/** units × 10^−scale, exactly. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export interface NumberText {
  /** JSON's grammar, every digit as written: without `+`, leading zeros, bare points and blanks. */
  readonly source: string;
  /** The number as plain digits where its value is whole, otherwise null: `20` for `20.0` and `2e1`. */
  readonly whole: string | null;
}

/** Reads what a person, a spreadsheet or a program writes for a number; null when it is none. */
export const readNumber = (text: string): NumberText | null => {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', digits = '', fraction, exponent] = match;
  if (digits === '' && (fraction ?? '') === '') return null;
  const minus = sign === '-' ? '-' : '';
  const integer = digits.replace(/^0+(?=\d)/, '') || '0';
  const point = fraction === undefined || fraction === '' ? '' : `.${fraction}`;
  const source = `${minus}${integer}${point}${exponent === undefined ? '' : `e${exponent}`}`;
  if (point === '' && exponent === undefined) return { source, whole: source };
  // Beyond a double's range the service would read infinity.
  if (!Number.isFinite(Number(source)) || Math.abs(Number(exponent ?? 0)) > maxExponent)
    return null;
  const value = parseDecimal(source);
  return { source, whole: value?.scale === 0 ? value.units.toString() : null };
};

/** In lowest terms: trailing zeros are dropped, `2e1` has scale 0. */
export const parseDecimal = (source: string): Decimal | null => {
  const match = pattern.exec(source);
  if (match === null) return null;
  const [, sign = '', digits = '', fraction = '', exponent = '0'] = match;
  if (digits + fraction === '' || Math.abs(Number(exponent)) > maxExponent) return null;
  const all = BigInt(digits + fraction) * (sign === '-' ? -1n : 1n);
  return lowest(all, fraction.length - Number(exponent));
};

const lowest = (units: bigint, scale: number): Decimal => {
  if (units === 0n) return { units, scale: 0 };
  if (scale < 0) return { units: units * 10n ** BigInt(-scale), scale: 0 };
  let [left, at] = [units, scale];
  while (at > 0 && left % 10n === 0n) {
    left /= 10n;
    at -= 1;
  }
  return { units: left, scale: at };
};

/** Plain digits without exponent or trailing zeros. */
export const formatDecimal = ({ units, scale }: Decimal): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return units < 0n ? `-${text}` : text;
};

/** One text for one value: `1.0`, `1` and `10e-1` are all `1`. Texts that are no decimal stay as they are. */
export const sameNumberText = (source: string): string => {
  const value = parseDecimal(source);
  return value === null ? source : formatDecimal(value);
};

export const addDecimals = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale);
  return lowest(at(a, scale) + at(b, scale), scale);
};

/** The sum of two texts; null, or text that is no decimal, counts as nothing, and two of them as null. */
export const addTexts = (a: string | null, b: string | null): string | null => {
  const [left, right] = [a === null ? null : parseDecimal(a), b === null ? null : parseDecimal(b)];
  if (left === null) return right === null ? null : formatDecimal(right);
  return formatDecimal(right === null ? left : addDecimals(left, right));
};

/** Negative, zero or positive: a below, equal to or above b. */
export const compareDecimals = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [at(a, scale), at(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** value × times ÷ by, rounded half up to `scale` digits after the point. */
export const share = (value: Decimal, times: number, by: number, scale: number): Decimal => {
  const wide = at(value, value.scale + scale) * BigInt(times) * 2n;
  const divisor = BigInt(by) * 10n ** BigInt(value.scale);
  return lowest((wide + divisor) / (divisor * 2n), scale);
};

/** The units of a value written with `scale` digits after the point. */
const at = (value: Decimal, scale: number): bigint =>
  value.units * 10n ** BigInt(scale - value.scale);

/** Whether two decimal texts name the same number, digit for digit. */
export const sameDecimal = (a: string, b: string): boolean => a === b || normal(a) === normal(b);

/** Sign, digits without outer zeros, exponent of the last digit. */
const normal = (source: string): string => {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(source);
  if (match === null) return source;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  const last = Number(exponent) - fraction.length + (digits.length - trimmed.length);
  return `${sign === '-' ? '-' : ''}${trimmed}e${last}`;
};
