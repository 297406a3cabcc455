/** Parts of a multipart form, as clients of every kind write them. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | null;
}

/**
 * Reads a form. Hand-written since file names come raw (CJK as UTF-8), quoted with `\"` or `%22`,
 * or as `filename*=utf-8''…`, and a form that ends early shall still say which parts it had.
 * A part is a file when it has a file name, or is called `file`.
 */
export const readForm = (body: Buffer, contentType: string): Form => {
  const fields = new Map<string, string>();
  let file: Form['file'] = null;
  const boundary = boundaryOf(contentType);
  if (boundary === null) return { fields, file };
  for (const { head, content } of partsOf(body, boundary)) {
    const { name, fileName } = dispositionOf(head, asWritten);
    if (fileName !== null || name === 'file') file = { name: fileName ?? '', bytes: content };
    else if (name !== null) fields.set(name, content.toString('utf8'));
  }
  return { fields, file };
};

const asWritten: Reading = (quoted, bare) =>
  (quoted?.replace(/\\(["\\])/g, '$1') ?? bare).replace(/%22/g, '"');

/** null: the content type names none. */
export const boundaryOf = (contentType: string): string | null => {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
};

/** The parts of a form, each without the line break in front of the next boundary. */
export const partsOf = function* (
  body: Buffer,
  boundary: string,
): Generator<{ readonly head: string; readonly content: Buffer }> {
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    // `--` behind it: the last one.
    if (body[start] === 0x2d && body[start + 1] === 0x2d) return;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next < 0) return;
    const part = body.subarray(start + 2, next);
    const end = part.indexOf('\r\n\r\n');
    if (end >= 0) yield { head: part.toString('utf8', 0, end), content: part.subarray(end + 4) };
    at = next + 2;
  }
};

/** What a server makes of a parameter, which was written in quotes or bare. */
type Reading = (quoted: string | undefined, bare: string) => string;

/** The names that a part has; `filename*` wins over `filename`. */
export const dispositionOf = (
  head: string,
  reading: Reading,
): { readonly name: string | null; readonly fileName: string | null } => {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(line)?.[1];
  return {
    name: parameter(line, 'name', reading),
    fileName: extended === undefined ? parameter(line, 'filename', reading) : decoded(extended),
  };
};

const parameter = (line: string, name: string, reading: Reading): string | null => {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:\\\\.|[^"\\\\])*)"|([^;\\s]*))`, 'i').exec(
    line,
  );
  return match === null ? null : reading(match[1], match[2] ?? '');
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
