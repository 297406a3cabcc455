import { boundaryOf, dispositionOf, partsOf } from '../../http/multipart.js';
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
  const boundary = boundaryOf(type);
  if (boundary === null) throw new Raised('ValueError', 'boundary missed for Content-Type');
  if (!raw.includes(`--${boundary}`))
    throw new Raised('ValueError', `Could not find starting boundary ${boundary}`);
  const fields = new Map<string, Field>();
  for (const { head, content } of partsOf(raw, boundary)) {
    const { name, fileName } = dispositionOf(head, asRead);
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

const asRead = (quoted: string | undefined, bare: string): string =>
  quoted?.replace(/\\(.)/g, '$1') ?? bare;
