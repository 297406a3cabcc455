import { decode } from '../codec.js';
import type { Disk } from './disk.js';
import { errorCode } from '../../edges/error-code.js';
import type { Recorded } from '../event.js';

export type ReadEnd =
  | {
      readonly is: 'whole';
      /** Bytes of whole records: what follows is a torn tail. */
      readonly bytes: number;
      readonly records: number;
      /** The last line was cut short and is dropped. */
      readonly torn: boolean;
      /** Sequence numbers that do not grow: two copies were mixed, or an older one restored. */
      readonly outOfOrder: number;
    }
  | { readonly is: 'damaged'; readonly line: number; readonly why: string }
  | { readonly is: 'newer'; readonly line: number; readonly version: number }
  | { readonly is: 'missing' }
  | { readonly is: 'unreadable'; readonly detail: string };

const chunkBytes = 1 << 20;

/**
 * Streams a journal's records. A torn last line is dropped; garbage before it is damage.
 * `from`: behind so many bytes of whole records; what is told then counts from there.
 */
export const readJournal = async (
  disk: Disk,
  path: string,
  each: (event: Recorded, line: string) => void,
  from = 0,
): Promise<ReadEnd> => {
  try {
    const file = await disk.open(path, 'r');
    try {
      return await readRecords((buffer, position) => file.read(buffer, from + position), each);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { is: 'missing' };
    return { is: 'unreadable', detail: cause instanceof Error ? cause.message : String(cause) };
  }
};

const readRecords = async (
  read: (buffer: Uint8Array, position: number) => Promise<number>,
  each: (event: Recorded, line: string) => void,
): Promise<ReadEnd> => {
  const buffer = new Uint8Array(chunkBytes);
  let rest: Uint8Array = new Uint8Array();
  let position = 0;
  let whole = 0;
  let line = 0;
  let records = 0;
  let seq = 0;
  let outOfOrder = 0;
  for (;;) {
    const bytes = await read(buffer, position);
    if (bytes === 0) break;
    position += bytes;
    const data = joined(rest, buffer.subarray(0, bytes));
    const ended = data.lastIndexOf(10) + 1;
    // All lines of a piece at once: a call for each of a million would cost as much as parsing it.
    const lines = decoder.decode(data.subarray(0, ended));
    let from = 0;
    for (let end = lines.indexOf('\n'); end !== -1; end = lines.indexOf('\n', from)) {
      line += 1;
      const text = lines.slice(from, end);
      const decoded = decode(text);
      if (decoded.is === 'newer') return { is: 'newer', line, version: decoded.version };
      if (decoded.is === 'garbage') {
        // A line that ends the file and was torn in the middle may still end in a newline.
        const last =
          end === lines.length - 1 &&
          ended === data.length &&
          (await read(new Uint8Array(1), position)) === 0;
        if (!last) return { is: 'damaged', line, why: decoded.why };
        // The line before it ends where the bytes of this one begin.
        const bytesBefore = whole + data.subarray(0, ended - 1).lastIndexOf(10) + 1;
        return { is: 'whole', bytes: bytesBefore, records, torn: true, outOfOrder };
      }
      if (decoded.event.seq <= seq) outOfOrder += 1;
      seq = decoded.event.seq;
      records += 1;
      each(decoded.event, text);
      from = end + 1;
    }
    whole += ended;
    rest = data.slice(ended);
  }
  return { is: 'whole', bytes: whole, records, torn: rest.length > 0, outOfOrder };
};

const decoder = new TextDecoder();

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
};
