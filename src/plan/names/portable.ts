import { hash } from 'node:crypto';
import { withoutTurns } from '../../values/printable.js';

/** Bytes of UTF-8 that one part of a path may take: every file system takes 255, some tools add to it. */
const maxComponentBytes = 120;
const hashDigits = 8;
/** An ending longer than this is no file type. */
const maxEndingBytes = 16;

const forbidden = /[<>:"/\\|?*\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/gu;
/** Also with an ending: Windows opens the console for `con.png`. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/iu;
const edges = /^\s+|[\s.]+$/gu;

/**
 * One part of a path that Linux, macOS and Windows all take, from any text (DESIGN 4.6).
 * Never empty, `.` or `..`; at most 120 bytes; the same for the same text; unchanged when
 * given its own result.
 */
export const portable = (text: string): string => {
  const clean = withoutTurns(text).normalize('NFC').replace(forbidden, '_').replace(edges, '');
  if (clean === '') return '_';
  return cut(device.test(clean) ? `_${clean}` : clean);
};

/** Case and composition aside: what counts as one name on macOS and Windows. */
export const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** Too long: the head, a short hash of the whole, and the ending if it is one. */
const cut = (name: string): string => {
  if (name.length * 3 <= maxComponentBytes || Buffer.byteLength(name) <= maxComponentBytes)
    return name;
  const ending = /\.[\p{L}\p{N}]+$/u.exec(name)?.[0] ?? '';
  const kept = Buffer.byteLength(ending) <= maxEndingBytes ? ending : '';
  const tail = `-${hash('sha256', name).slice(0, hashDigits)}${kept}`;
  const head = cutBytes(name, maxComponentBytes - Buffer.byteLength(tail));
  return `${head.replace(edges, '')}${tail}`;
};

/** The longest start of whole code points within so many bytes of UTF-8. */
export const cutBytes = (text: string, maxBytes: number): string => {
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const point of text) {
    bytes += Buffer.byteLength(point);
    if (bytes > maxBytes) break;
    end += point.length;
  }
  return text.slice(0, end);
};
