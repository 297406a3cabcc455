import { isPyDict, isPyList } from './value.js';
import type { Py } from './value.js';

/** `json.dumps`: a blank behind comma and colon, ASCII only, bare NaN and Infinity. */
export const dumps = (value: Py): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatText(value, 'NaN', 'Infinity');
  if (typeof value === 'string') return quoted(value);
  if (isPyList(value)) return `[${value.map(dumps).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${quoted(key)}: ${dumps(item)}`).join(', ')}}`;
};

const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** `repr` of a float: always with a point or an exponent, which has two digits at least. */
const floatText = (value: number, nan: string, infinity: string): string => {
  if (Number.isNaN(value)) return nan;
  if (!Number.isFinite(value)) return value < 0 ? `-${infinity}` : infinity;
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const [sign, power] = [exponent.slice(0, 1), exponent.slice(1)];
    return `${digits}e${sign}${power.padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
};

/** `str(value)` */
export const pyStr = (value: Py): string => (typeof value === 'string' ? value : pyRepr(value));

/** `repr(value)` */
export const pyRepr = (value: Py): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatText(value, 'nan', 'inf');
  if (typeof value === 'string') return textRepr(value);
  if (isPyList(value)) return `[${value.map(pyRepr).join(', ')}]`;
  if (isPyDict(value))
    return `{${[...value].map(([key, item]) => `${textRepr(key)}: ${pyRepr(item)}`).join(', ')}}`;
  return value;
};

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** In single quotes, unless only those stand in the text. */
const textRepr = (text: string): string => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(
    // What Python does not print, and what ends the text.
    /[\u0000-\u001f\u007f-\u00a0\u00ad\ud800-\udfff\\'"]/gu,
    (char) => {
      if (char === '\\') return '\\\\';
      if (char === "'" || char === '"') return char === mark ? `\\${char}` : char;
      const code = char.charCodeAt(0);
      return (
        named[char] ??
        (code < 0x100
          ? `\\x${code.toString(16).padStart(2, '0')}`
          : `\\u${code.toString(16).padStart(4, '0')}`)
      );
    },
  );
  return `${mark}${inner}${mark}`;
};
