import { Raised } from '../python/raised.js';

/** A field of a form: a file where it came with a file name that is not empty. */
export type Field =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'file'; readonly name: string; readonly bytes: Buffer };

/**
 * `await request.post()` (ComfyUI notes, section 7): `filename*` wins over `filename`, `%22` is not
 * decoded, the first field of a name counts; without a form there are no fields.
 */
export const formOf = (
  raw: Buffer,
  contentType: string | undefined,
): ReadonlyMap<string, Field> => {
  const type = contentType ?? '';
  if (/^application\/x-www-form-urlencoded/i.test(type))
    return new Map(
      [...new URLSearchParams(raw.toString('utf8'))].map(([name, text]) => [
        name,
        { is: 'text', text },
      ]),
    );
  if (!/^multipart\/form-data/i.test(type)) return new Map();
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw new Raised('ValueError', 'boundary missed for Content-Type');
  const fields = new Map<string, Field>();
  for (const { head, content } of partsOf(raw, boundary)) {
    const { name, fileName } = dispositionOf(head);
    if (name === null || fields.has(name)) continue;
    fields.set(
      name,
      fileName === null || fileName === ''
        ? { is: 'text', text: content.toString('utf8') }
        : { is: 'file', name: fileName, bytes: content },
    );
  }
  return fields;
};

interface Part {
  readonly head: string;
  readonly content: Buffer;
}

const partsOf = (raw: Buffer, boundary: string): Part[] => {
  const mark = Buffer.from(`--${boundary}`);
  let at = raw.indexOf(mark);
  if (at < 0) throw new Raised('ValueError', `Could not find starting boundary ${boundary}`);
  const parts: Part[] = [];
  for (;;) {
    const start = at + mark.length;
    // `--` behind it: the last one.
    if (raw.toString('latin1', start, start + 2) === '--') return parts;
    const next = raw.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next < 0) return parts;
    const part = raw.subarray(start + 2, next);
    const end = part.indexOf('\r\n\r\n');
    if (end >= 0)
      parts.push({ head: part.toString('utf8', 0, end), content: part.subarray(end + 4) });
    at = next + 2;
  }
};

const dispositionOf = (head: string): { name: string | null; fileName: string | null } => {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(line)?.[1];
  return {
    name: parameter(line, 'name'),
    fileName: extended === undefined ? parameter(line, 'filename') : decoded(extended),
  };
};

const parameter = (line: string, name: string): string | null => {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:\\\\.|[^"\\\\])*)"|([^;\\s]*))`, 'i').exec(
    line,
  );
  return match === null ? null : (match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
