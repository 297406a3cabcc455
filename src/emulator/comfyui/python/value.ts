/**
 * What Python's `json` reads and writes: whole numbers without a limit (bigint) apart from floats
 * (number), objects that keep their order. The difference shows in answers: `5.0` is not `5`.
 */
export type Py = null | boolean | bigint | number | string | readonly Py[] | PyDict;
export type PyDict = ReadonlyMap<string, Py>;

export const isPyList = (value: Py | undefined): value is readonly Py[] => Array.isArray(value);
export const isPyDict = (value: Py | undefined): value is PyDict => value instanceof Map;

/** Entries of an object in their order. */
export const dict = (entries: Readonly<Record<string, Py>>): PyDict =>
  new Map(Object.entries(entries));

/** `a == b`: 1 equals 1.0 and true. */
export const pyEqual = (a: Py, b: Py): boolean => {
  if (isPyList(a))
    return (
      isPyList(b) && a.length === b.length && a.every((item, at) => pyEqual(item, b[at] ?? null))
    );
  if (isPyDict(a))
    return (
      isPyDict(b) &&
      a.size === b.size &&
      [...a].every(([key, value]) => {
        const other = b.get(key);
        return other !== undefined && pyEqual(value, other);
      })
    );
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b) === 0;
  return a === b;
};

type Numeric = boolean | bigint | number;

const isNumeric = (value: Py): value is Numeric =>
  typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';

/** Below, equal or above; null where one is NaN. JavaScript compares both kinds exactly. */
export const compareNumbers = (a: Numeric, b: Numeric): -1 | 0 | 1 | null => {
  const left = typeof a === 'boolean' ? BigInt(a) : a;
  const right = typeof b === 'boolean' ? BigInt(b) : b;
  if (left < right) return -1;
  if (left > right) return 1;
  // A bigint and a number are equal by their value only.
  return left == right ? 0 : null;
};

/** `bool(value)` */
export const truth = (value: Py | undefined): boolean => {
  if (value === undefined || value === null) return false;
  if (isPyList(value)) return value.length > 0;
  if (isPyDict(value)) return value.size > 0;
  if (typeof value === 'number') return value !== 0;
  return value !== false && value !== 0n && value !== '';
};

/** The name of a value's type, as messages of Python call it. */
export const typeName = (value: Py): string => {
  if (value === null) return 'NoneType';
  if (isPyList(value)) return 'list';
  if (isPyDict(value)) return 'dict';
  const names = { boolean: 'bool', bigint: 'int', number: 'float', string: 'str' } as const;
  return names[typeof value as keyof typeof names];
};
