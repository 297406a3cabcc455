import { TextDecoder } from 'node:util';
import { error } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { Place } from '../../values/place.js';

export interface TextSource {
  readonly path: string;
  readonly file: string;
  readonly encoding: string | null;
  /** As the manifest names the file. */
  readonly typed: string;
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
    const why = stream.is === 'missing' ? 'does not exist' : `cannot be read (${stream.detail})`;
    problems.add(error('E0301', source.named, `${source.file} ${why}`));
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
    const detail = cause instanceof Error ? cause.message : String(cause);
    problems.add(
      cause instanceof TypeError
        ? encodingError(source, first ?? new Uint8Array(), line)
        : error('E0301', source.named, `${source.file} cannot be read (${detail})`),
    );
  }
}

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
        hint: 'utf-8, utf-16le, gb18030, big5, shift_jis, euc-kr, latin1 …',
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
    problems.add(encodingError(source, first, line + linesBefore(loose, Math.max(0, bad))));
    return null;
  }
};

const encodingError = (
  source: TextSource,
  first: Uint8Array,
  line: number,
): ReturnType<typeof error> => {
  const likely = likelyEncoding(first);
  return error(
    'E0302',
    { file: source.file, line, column: 0, length: 1, text: null },
    `this is not ${source.encoding ?? 'UTF-8'} text`,
    {
      hint: `rows: { file: ${source.file.split(/[/\\]/).at(-1) ?? ''}, encoding: ${likely} }, if it is that`,
    },
  );
};

const reportNul = (
  source: TextSource,
  line: number,
  first: Uint8Array,
  problems: Problems,
): void => {
  const sixteen = likelyEncoding(first);
  problems.add(
    sixteen.startsWith('utf-16')
      ? encodingError(source, first, 1)
      : error(
          'E0302',
          { ...wholeFile(source.file), line },
          'a NUL character: this is no text file, or not in this encoding',
        ),
  );
};

/** A guess for the hint, never used silently. */
const likelyEncoding = (head: Uint8Array): string => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = head.subarray(0, 200).filter((byte) => byte === 0).length;
  if (zeros > 20) return head[0] === 0 ? 'utf-16be' : 'utf-16le';
  try {
    // A cut at the end of the head must not spoil the guess.
    new TextDecoder('gb18030', { fatal: true }).decode(head.subarray(0, 4096), { stream: true });
    return 'gb18030';
  } catch {
    return 'latin1';
  }
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
