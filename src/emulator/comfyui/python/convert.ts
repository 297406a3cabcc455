import { pyRepr } from './dumps.js';
import { Raised } from './raised.js';
import type { Py } from './value.js';
import { isPyDict, typeName } from './value.js';

const blanks = /^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/g;

/** `int(value)` */
export const toInt = (value: Py): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw new Raised('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value))
      throw new Raised('OverflowError', 'cannot convert float infinity to integer');
    return BigInt(Math.trunc(value));
  }
  if (typeof value === 'string') {
    const text = value.replace(blanks, '');
    if (/^[+-]?\d+(?:_\d+)*$/.test(text)) {
      const digits = text.replace(/^[+-]|_/g, '');
      return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
    }
    throw new Raised('ValueError', `invalid literal for int() with base 10: ${pyRepr(value)}`);
  }
  throw new Raised(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
};

/** `float(value)` */
export const toFloat = (value: Py): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') {
    const float = Number(value);
    if (Number.isFinite(float)) return float;
    throw new Raised('OverflowError', 'int too large to convert to float');
  }
  if (typeof value === 'string') {
    const text = value.replace(blanks, '');
    const digits = String.raw`\d+(?:_\d+)*`;
    const decimal = `^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`;
    if (new RegExp(decimal, 'i').test(text)) return Number(text.replace(/_/g, ''));
    const named = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(text);
    if (named !== null)
      return named[2] !== undefined ? NaN : named[1] === '-' ? -Infinity : Infinity;
    throw new Raised('ValueError', `could not convert string to float: ${pyRepr(value)}`);
  }
  throw new Raised(
    'TypeError',
    `float() argument must be a string or a real number, not '${typeName(value)}'`,
  );
};

/** `key in value`, of an object that came as JSON. */
export const contains = (value: Py, key: string): boolean => {
  if (isPyDict(value)) return value.has(key);
  if (typeof value === 'string') return value.includes(key);
  if (Array.isArray(value)) return value.includes(key);
  throw new Raised('TypeError', `argument of type '${typeName(value)}' is not iterable`);
};

/** `value[key]` with a text as key. */
export const item = (value: Py, key: string): Py => {
  if (isPyDict(value)) {
    const found = value.get(key);
    if (found === undefined) throw new Raised('KeyError', pyRepr(key));
    return found;
  }
  throw new Raised(
    'TypeError',
    typeof value === 'string' || Array.isArray(value)
      ? `${typeName(value)} indices must be integers or slices, not str`
      : `'${typeName(value)}' object is not subscriptable`,
  );
};

/** What `for x in value` goes over. */
export const each = (value: Py): readonly Py[] => {
  if (isPyDict(value)) return [...value.keys()];
  if (typeof value === 'string') return Array.from(value);
  if (Array.isArray(value)) return value as readonly Py[];
  throw new Raised('TypeError', `'${typeName(value)}' object is not iterable`);
};

/** `value.get(key, otherwise)` */
export const getOr = (value: Py, key: string, otherwise: Py): Py => {
  if (isPyDict(value)) return value.get(key) ?? (value.has(key) ? null : otherwise);
  throw new Raised('AttributeError', `'${typeName(value)}' object has no attribute 'get'`);
};
