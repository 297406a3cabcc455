import type { ServerResponse } from 'node:http';
import type { Received } from '../../http/request.js';
import type { Context } from '../route.js';
import { refuseXml } from './part.js';

/** Whether a request goes to the storage behind the signed links of LoRA files. */
export const isLoraFile = (method: string, path: string): boolean =>
  method === 'PUT' && path.startsWith('/lora/');

/**
 * `PUT /lora/…`: what a signed link takes (API notes, section 4.3): statuses and XML, as object
 * storage answers.
 * Bytes of another md5 than the link is for are refused, so that a client's mistake is seen.
 */
export const storeLora = (
  { path, search, digest }: Received,
  response: ServerResponse,
  { model, links, fault }: Context,
): void => {
  const [, account = '', md5 = ''] =
    /^\/lora\/(\w+)\/([0-9a-f]{32})\.safetensors$/.exec(path) ?? [];
  const why =
    fault?.kind === 'expiredLink'
      ? 'RequestHasExpired'
      : links.refusal(path, search, model.now(), Number.NEGATIVE_INFINITY);
  if (why !== null) refuseXml(response, 403, why);
  else if (digest?.md5 !== md5) refuseXml(response, 400, 'BadDigest');
  else {
    const fileName = `api-lora-cn/${md5}.safetensors`;
    model.uploads.keep(account, { fileName, bytes: digest.bytes, size: null, at: model.now() });
    if (fault?.kind === 'resetAfter') response.socket?.resetAndDestroy();
    else response.writeHead(200, { etag: `"${md5}"` }).end();
  }
};
