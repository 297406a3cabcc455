import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { loads } from '../python/loads.js';
import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';

/** A request as the routes see it. */
export interface Received {
  readonly method: string;
  /** Decoded, without the proxy's part and without `/api`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

/** The body, or how large it was when it became too large. */
export const bodyOf = async (
  request: IncomingMessage,
  most: number,
): Promise<{ readonly raw: Buffer } | { readonly tooLarge: number }> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let tooLarge: number | null = null;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    // Read to the end all the same: a client that still sends would not see an answer.
    if (bytes >= most) tooLarge ??= bytes;
    else chunks.push(chunk);
  }
  return tooLarge === null ? { raw: Buffer.concat(chunks) } : { tooLarge };
};

/** `await request.json()`: the content type is not looked at, only its charset is. */
export const jsonOf = ({ raw, headers }: Received): Py => {
  const charset = /charset=["']?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new Raised('UnicodeDecodeError', "'utf-8' codec can't decode the body");
  }
  return loads(text);
};
