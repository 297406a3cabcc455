import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Json, JsonObject } from '../../values/json.js';
import { isObject, parseJson } from '../../values/json-text.js';
import type { Form } from './multipart.js';
import { readForm } from './multipart.js';

/** A request as the routes see it. */
export interface Received {
  readonly method: string;
  /** As it was sent, escapes and all. */
  readonly path: string;
  /** Behind `?`, as it was sent. */
  readonly search: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** JSON body; an empty object where there is none. */
  readonly body: JsonObject;
  readonly form: Form | null;
  readonly raw: Buffer;
  /** Of the body of a PUT, which may have gigabytes and is not kept. */
  readonly digest: { readonly md5: string; readonly bytes: number } | null;
  /** Where the path's family takes it (see `keyOf`); null where there is none. */
  readonly key: string | null;
  /** The body is larger than what the service takes. */
  readonly tooLarge: boolean;
}

const megabyte = 1024 * 1024;

/**
 * 30 MB for a file (API notes, section 4.1), and room for the other parts; media fields of models
 * take up to 500 MB by the V2 upload (section 19.1).
 */
const maxBody = (path: string): number =>
  (path === '/openapi/v2/media/upload/binary' ? 500 : 30) * megabyte + 64 * 1024;

export const receive = async (request: IncomingMessage): Promise<Received> => {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const search = mark < 0 ? '' : target.slice(mark + 1);
  const query = new URLSearchParams(search);
  const path = mark < 0 ? target : target.slice(0, mark);
  const digest = request.method === 'PUT' ? await digestOf(request) : null;
  const { raw, tooLarge } = digest === null ? await readBody(request, maxBody(path)) : nothing;
  const type = request.headers['content-type'] ?? '';
  const form = /^multipart\/form-data/i.test(type) ? readForm(raw, type) : null;
  const body = form === null && !/octet-stream/i.test(type) ? jsonBody(raw) : noBody;
  return {
    method: request.method ?? 'GET',
    path,
    search,
    query,
    headers: request.headers,
    body,
    form,
    raw,
    digest,
    key: keyOf(path, body, form, query, request.headers.authorization),
    tooLarge,
  };
};

const nothing = { raw: Buffer.alloc(0), tooLarge: false };

const digestOf = async (
  request: IncomingMessage,
): Promise<{ readonly md5: string; readonly bytes: number }> => {
  const hash = createHash('md5');
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { md5: hash.digest('hex'), bytes };
};

const readBody = async (
  request: IncomingMessage,
  most: number,
): Promise<{ readonly raw: Buffer; readonly tooLarge: boolean }> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    // Read to the end all the same: a client that still sends would not see an answer.
    if (bytes <= most) chunks.push(chunk);
    else chunks.length = 1;
  }
  // Of a body that is too large the first chunk stays: the key stands there.
  return { raw: Buffer.concat(chunks), tooLarge: bytes > most };
};

const noBody: JsonObject = new Map<string, Json>();

const jsonBody = (raw: Buffer): JsonObject => {
  if (raw.length === 0) return noBody;
  const read = parseJson(raw.toString('utf8'));
  return read.ok && isObject(read.value) ? read.value : noBody;
};

/**
 * V2 takes the key from the `Authorization` header alone, the old endpoints from the body
 * (`apiKey`, `apikey`), the query or that header (API notes, sections 1.3 and 17). Official clients
 * leave out the word "Bearer" now and then (section 19.1).
 */
const keyOf = (
  path: string,
  body: JsonObject,
  form: Form | null,
  query: URLSearchParams,
  authorization: string | undefined,
): string | null => {
  const bearer = /^(?:Bearer\s+)?(\S+)$/i.exec(authorization?.trim() ?? '')?.[1] ?? null;
  if (path.startsWith('/openapi/v2/')) return bearer;
  const named = [
    body.get('apiKey'),
    body.get('apikey'),
    form?.fields.get('apiKey'),
    form?.fields.get('apikey'),
    query.get('apiKey'),
  ];
  return (
    named.find((value): value is string => typeof value === 'string' && value !== '') ?? bearer
  );
};
