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
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) return { fields, file };
  for (const part of partsOf(body, boundary)) {
    const end = part.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const { name, fileName } = dispositionOf(part.toString('utf8', 0, end));
    const content = part.subarray(end + 4);
    if (fileName !== null || name === 'file') file = { name: fileName ?? '', bytes: content };
    else if (name !== null) fields.set(name, content.toString('utf8'));
  }
  return { fields, file };
};

/** What stands between the boundaries, without the line break in front of the next one. */
const partsOf = function* (body: Buffer, boundary: string): Generator<Buffer> {
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    // `--` behind it: the last one.
    if (body[start] === 0x2d && body[start + 1] === 0x2d) return;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next < 0) return;
    yield body.subarray(start + 2, next);
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
  if (match === null) return null;
  const [, quoted, bare] = match;
  return (quoted?.replace(/\\(["\\])/g, '$1') ?? bare ?? '').replace(/%22/g, '"');
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
