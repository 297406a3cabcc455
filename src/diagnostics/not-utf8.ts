import type { Diagnostic } from './diagnostic.js';
import { error } from './diagnostic.js';
import { wholeFile } from './lines.js';

/** Of a manifest whose bytes are no text in UTF-8: what they are instead, or where they cannot be read. */
export const notUtf8 = (file: string, bytes: Uint8Array): Diagnostic => {
  const wide = isWide(bytes);
  const at = { ...wholeFile(file), ...(wide ? {} : { line: firstNotUtf8(bytes), column: 1 }) };
  const what = wide ? 'is text in UTF-16, not in UTF-8' : 'is not text in UTF-8';
  return error('E0117', at, `the file ${what}`, {
    hint: 'save it as UTF-8 (in Notepad: Save as, Encoding UTF-8; in PowerShell: Set-Content -Encoding utf8)',
  });
};

/** By its mark, or by the zero byte that every second one of plain letters is. */
const isWide = ([first, second, third, fourth]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) ||
  (first === 0xfe && second === 0xff) ||
  (first === 0 && second !== 0 && third === 0) ||
  (first !== 0 && second === 0 && fourth === 0);

/** The line of the first bytes that are no text in UTF-8, or hold a NUL character. */
const firstNotUtf8 = (bytes: Uint8Array): number => {
  let line = 1;
  for (let from = 0; from <= bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    const part = bytes.subarray(from, end === -1 ? bytes.length : end);
    try {
      if (new TextDecoder('utf-8', { fatal: true }).decode(part).includes('\0')) return line;
    } catch {
      return line;
    }
    if (end === -1) break;
    from = end + 1;
  }
  return 1;
};
