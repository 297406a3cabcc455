import type { IncomingMessage } from 'node:http';
import type { Json, JsonObject } from '../values/json.js';
import { isObject, parseJson } from '../values/json-text.js';

/** A request as the routes see it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** JSON body; an empty object where there is none. */
  readonly body: JsonObject;
  readonly form: Form | null;
  /** From the body (`apiKey`, `apikey`), the query or as Bearer; null where there is none. */
  readonly key: string | null;
  /** The body is larger than what the service takes. */
  readonly tooLarge: boolean;
}

export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly raw: Uint8Array;
}

/** 30 MB for a file (runninghub-api 4.1), and room for the other parts. */
const maxBody = 30 * 1024 * 1024 + 64 * 1024;

export const receive = async (request: IncomingMessage): Promise<Received> => {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    // Read to the end all the same: a client that still sends would not see an answer.
    if (bytes <= maxBody) chunks.push(chunk);
  }
  const raw = bytes <= maxBody ? Buffer.concat(chunks) : Buffer.alloc(0);
  const type = request.headers['content-type'] ?? '';
  const form = /^multipart\/form-data/i.test(type) ? await readForm(raw, type) : null;
  const body = form === null ? jsonBody(raw) : new Map<string, Json>();
  return {
    method: request.method ?? 'GET',
    path: decodeURI(url.pathname.replace(/%(?![0-9a-f]{2})/gi, '%25')),
    query: url.searchParams,
    headers: request.headers,
    body,
    form: form ?? (/octet-stream/i.test(type) ? { fields: new Map(), file: null, raw } : null),
    key: keyOf(body, form, url.searchParams, request.headers.authorization),
    tooLarge: bytes > maxBody,
  };
};

const jsonBody = (raw: Buffer): JsonObject => {
  const read = parseJson(raw.toString('utf8'));
  return read.ok && isObject(read.value) ? read.value : new Map<string, Json>();
};

const readForm = async (raw: Buffer, type: string): Promise<Form> => {
  const fields = new Map<string, string>();
  let file: Form['file'] = null;
  try {
    const body = new Response(new Uint8Array(raw), { headers: { 'content-type': type } });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- loopback, and bounded above
    const data = await body.formData();
    for (const [name, value] of data)
      if (typeof value === 'string') fields.set(name, value);
      else file = { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) };
  } catch {
    // A malformed form has no file: refused as such.
  }
  return { fields, file, raw };
};

const keyOf = (
  body: JsonObject,
  form: Form | null,
  query: URLSearchParams,
  authorization: string | undefined,
): string | null => {
  const bearer = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const named = [
    body.get('apiKey'),
    body.get('apikey'),
    form?.fields.get('apiKey'),
    query.get('apiKey'),
  ];
  return (
    named.find((value): value is string => typeof value === 'string' && value !== '') ??
    bearer ??
    null
  );
};
