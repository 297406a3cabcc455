import { TextDecoder } from 'node:util';
import { error, warning } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import { Problems } from '../../diagnostics/problems.js';
import { whyUnread } from '../../assets/unreadable.js';
import { errorDetail } from '../../edges/error-code.js';
import type { Files } from '../../edges/files/files.js';
import type { Place } from '../../values/place.js';
import { betterThan, candidatesFor, knownEncodings } from './encodings.js';
import { yamlWord } from './table.js';

export interface TextSource {
  readonly path: string;
  readonly file: string;
  readonly encoding: string | null;
  /** As the manifest names the file. */
  readonly typed: string;
  /** The key beside which it can say more: `{ file: p.csv, encoding: … }`. */
  readonly key: 'file' | 'lines';
  /** Where it does. */
  readonly named: Place;
}

/** Text of a file in chunks, decoded strictly; a wrong encoding is told and ends the walk. */
export async function* textChunks(
  source: TextSource,
  files: Files,
  problems: Problems,
): AsyncGenerator<string> {
  const decoder = decoderOf(source, problems);
  if (decoder === null) return;
  const stream = await files.stream(source.path);
  if (!stream.ok) {
    const { why, hint } = whyUnread(stream, source.file);
    problems.add(error('E0301', source.named, `${source.file} ${why}`, { hint }));
    return;
  }
  let line = 1;
  let first: Uint8Array | null = null;
  try {
    for await (const chunk of pieces(stream.value)) {
      first ??= chunk;
      const text = decode(decoder, chunk, source, first, line, problems);
      if (text === null) return;
      if (text.includes('\0')) {
        reportNul(source, line + linesBefore(text, text.indexOf('\0')), first, problems);
        return;
      }
      line += linesBefore(text, text.length);
      yield text;
    }
    yield decoder.decode();
  } catch (cause) {
    const detail = errorDetail(cause);
    const { why, hint } = whyUnread({ is: 'unreadable', detail }, source.file);
    problems.add(
      cause instanceof TypeError
        ? encodingError(source, first ?? new Uint8Array(), line)
        : error('E0301', source.named, `${source.file} ${why}`, { hint }),
    );
  }
}

/** Warns of a text that can be read as the manifest says, but to no sense. */
export const doubtEncoding = async (
  source: TextSource,
  files: Files,
  problems: Problems,
): Promise<void> => {
  const { encoding } = source;
  const decoder = encoding === null ? null : decoderOf(source, new Problems());
  const stream = decoder === null ? null : await files.stream(source.path);
  if (encoding === null || stream?.ok !== true) return;
  let head: Uint8Array = new Uint8Array();
  for await (const piece of pieces(stream.value)) {
    head = piece;
    break;
  }
  const found = betterThan(encoding, fromFirstLetter(head));
  if (found === null) return;
  const { said, better } = found;
  problems.add(
    warning(
      'E0302',
      source.named,
      `${source.file} seems to be ${better.encoding}, not ${encoding}`,
      {
        notes: [said, better].map(({ encoding: name, sample }) => `as ${name}: ${sample}`),
        hint: `encoding: ${better.encoding}, if its text is the right one`,
      },
    ),
  );
};

/** A parser holds all records of a chunk at once: small chunks keep a large table small. */
const pieceBytes = 32 * 1024;

async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
}

const decoderOf = (source: TextSource, problems: Problems): TextDecoder | null => {
  try {
    return new TextDecoder(source.encoding ?? 'utf-8', { fatal: true });
  } catch {
    problems.add(
      error('E0302', source.named, `unknown encoding "${source.encoding ?? ''}"`, {
        hint: `known: ${knownEncodings}`,
      }),
    );
    return null;
  }
};

const decode = (
  decoder: TextDecoder,
  chunk: Uint8Array,
  source: TextSource,
  first: Uint8Array,
  line: number,
  problems: Problems,
): string | null => {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    // Which line it is: decoded up to the first bad byte by a forgiving decoder.
    const loose = new TextDecoder(source.encoding ?? 'utf-8').decode(chunk);
    const bad = loose.indexOf('\ufffd');
    const bytes = isMarked(first) ? first : chunk;
    problems.add(encodingError(source, bytes, line + linesBefore(loose, Math.max(0, bad))));
    return null;
  }
};

/** By the mark of UTF-16 at the beginning of a file. */
const isMarked = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

const encodingError = (
  source: TextSource,
  bytes: Uint8Array,
  line: number,
): ReturnType<typeof error> => {
  const at = { ...wholeFile(source.file), line };
  const binary = binaryKind(bytes);
  if (binary !== null)
    return error('E0302', wholeFile(source.file), `this is no text: it is ${binary.what}`, {
      hint: binary.hint,
    });
  const told = `this is not ${source.encoding ?? 'UTF-8'} text`;
  if (source.encoding === null && isMostlyUtf8(bytes))
    return error('E0302', at, `${told}, though the rest of the file is: this line is damaged`, {
      hint: 'write the line again, and save the file as UTF-8',
    });
  const found = candidatesFor(fromFirstLetter(bytes));
  const [first, ...others] = found;
  if (first === undefined)
    return error('E0302', at, `${told}, nor in any other encoding that is known`, {
      hint: `is it a text at all? These can be read: ${knownEncodings}`,
    });
  const write = (encoding: string): string =>
    `{ ${source.key}: ${yamlWord(source.typed)}, encoding: ${encoding} }`;
  return error('E0302', at, told, {
    notes: found.map(({ encoding, sample }) => `as ${encoding}: ${sample}`),
    hint:
      others.length === 0
        ? `write ${write(first.encoding)} in place of its name, if the text above is right; or save it as UTF-8`
        : `write ${write('NAME')} in place of its name; NAME is the one of ${found.map(({ encoding }) => encoding).join(', ')} whose text above is right; or save it as UTF-8`,
  });
};

/** From the beginning of the first line with more than ASCII, as far as lines can be seen. */
const fromFirstLetter = (bytes: Uint8Array): Uint8Array => {
  if (bytes.subarray(0, 4096).includes(0) || bytes[0] === 0xff || bytes[0] === 0xfe) return bytes;
  const letter = bytes.findIndex((byte) => byte >= 0x80);
  return letter === -1 ? bytes : bytes.subarray(bytes.subarray(0, letter).lastIndexOf(10) + 1);
};

const isMostlyUtf8 = (bytes: Uint8Array): boolean => {
  const loose = new TextDecoder().decode(bytes);
  const bad = (loose.match(/\ufffd/g) ?? []).length;
  return (loose.match(/[\u0080-\ufffc]/g) ?? []).length > 2 * bad;
};

const reportNul = (
  source: TextSource,
  line: number,
  bytes: Uint8Array,
  problems: Problems,
): void => {
  const found = candidatesFor(bytes);
  problems.add(
    binaryKind(bytes) !== null || found.length > 0
      ? encodingError(source, bytes, found.length > 0 ? 1 : line)
      : error(
          'E0302',
          { ...wholeFile(source.file), line },
          'a NUL character: this is no text file, or not in this encoding',
          { hint: `encodings that can be read: ${knownEncodings}` },
        ),
  );
};

/** Files of other kinds that end up under the name of a table. */
const binaryKind = (bytes: Uint8Array): { readonly what: string; readonly hint: string } | null => {
  const begins = (...wanted: readonly number[]): boolean =>
    wanted.every((byte, at) => bytes[at] === byte);
  if (begins(0x50, 0x4b, 3, 4))
    return {
      what: 'a ZIP archive, as XLSX and ODS files are',
      hint: 'name it .xlsx if it is one; else save the sheet as CSV (UTF-8) or as XLSX',
    };
  if (begins(0xd0, 0xcf, 0x11, 0xe0))
    return {
      what: 'a workbook of Excel 97-2003 (.xls)',
      hint: 'open it in a spreadsheet and save it as XLSX or as CSV (UTF-8)',
    };
  if (begins(0x89, 0x50, 0x4e, 0x47) || begins(0xff, 0xd8, 0xff))
    return { what: 'a picture', hint: 'name the table; { glob: "*.png" } is an axis of pictures' };
  return begins(0x25, 0x50, 0x44, 0x46)
    ? { what: 'a PDF', hint: 'save the table as CSV (UTF-8) or as XLSX' }
    : null;
};

const linesBefore = (text: string, end: number): number => {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1))
    lines += 1;
  return lines;
};

/** The whole text; null when it cannot be read. */
export const wholeText = async (
  source: TextSource,
  files: Files,
  problems: Problems,
): Promise<string | null> => {
  const before = problems.errors;
  let text = '';
  for await (const chunk of textChunks(source, files, problems)) text += chunk;
  return problems.errors > before ? null : text;
};
