import type { ServerResponse } from 'node:http';
import type { Received } from '../../http/request.js';
import type { Context } from '../route.js';
import { partOf, refuseXml } from './part.js';

/** Below which an uploaded file's own name stands. */
const signed = '/input/';
const shown = '/task/openapi/view/';

/** Whether a request is for an uploaded file. */
export const isUploadedFile = (method: string, path: string): boolean =>
  /^(?:GET|HEAD)$/.test(method) &&
  (path === '/view' || path.startsWith(signed) || path.startsWith(shown));

/**
 * `GET /input/openapi/<name>?…`, the `download_url` of the V2 upload, signed and good for a day (API
 * notes, section 4.2); `GET /view?filename=<name>&type=input` and `GET /task/openapi/view/<name>`,
 * where any uploaded file can be seen (section 19.1). No key is needed: names are hashes.
 */
export const serveUploadedFile = (
  received: Received,
  response: ServerResponse,
  { model, links, fault }: Context,
): void => {
  const { path, search, query } = received;
  const why =
    fault?.kind === 'expiredLink'
      ? 'RequestHasExpired'
      : path.startsWith(signed)
        ? links.refusal(path, search, model.now(), model.linksFrom)
        : null;
  if (why !== null) {
    refuseXml(response, fault?.kind === 'expiredLink' ? (fault.code ?? 403) : 403, why);
    return;
  }
  const named =
    path === '/view'
      ? [query.get('subfolder') ?? '', query.get('filename') ?? ''].filter(Boolean).join('/')
      : path.slice(path.startsWith(signed) ? signed.length : shown.length);
  const bytes =
    path === '/view' && query.get('type') === 'output'
      ? null
      : model.uploads.content(named, model.now());
  if (bytes === null) {
    refuseXml(response, 404, 'NoSuchKey');
    return;
  }
  const part = partOf(received, response, bytes, named.split('.').at(-1) ?? '');
  if (part === null) return;
  response.writeHead(part.status, { ...part.headers, 'content-length': part.body.length });
  response.end(received.method === 'HEAD' ? undefined : part.body);
};
