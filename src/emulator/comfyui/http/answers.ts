import type { Entry } from '../books.js';
import { dumps } from '../python/dumps.js';
import type { Py } from '../python/value.js';

/** What is sent, as aiohttp would send it (ComfyUI notes, section 1). */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The connection is closed behind it. */
  readonly closes?: boolean;
  /** Of a submit: what it queued, for the books. */
  readonly about?: Entry;
}

export const json = (value: Py, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(dumps(value)),
});

/** `web.Response(status=…)` */
export const empty = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'application/octet-stream' },
  body: Buffer.alloc(0),
});

export const text = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: Buffer.from(body),
});

export const notFound = text(404, '404: Not Found');

export const notAllowed = (allowed: readonly string[]): Answer =>
  text(405, '405: Method Not Allowed', { allow: [...new Set(allowed)].sort().join(',') });

/** An exception that a handler let through; browsers get a page. */
export const serverError = (accept: string | undefined): Answer =>
  accept?.includes('text/html') === true
    ? {
        status: 500,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from(
          '<html><head><title>500 Internal Server Error</title></head><body>\n' +
            '<h1>500 Internal Server Error</h1>\nServer got itself in trouble\n</body></html>\n',
        ),
        closes: true,
      }
    : { ...text(500, '500 Internal Server Error\n\nServer got itself in trouble'), closes: true };

export const tooLarge = (most: number, actual: number): Answer =>
  text(413, `Maximum request body size ${most} exceeded, actual body size ${actual}`);

/** What a proxy in front says, in HTML (section 10). */
export const ofProxy = (
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: Buffer.from(
    `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n`,
  ),
});
