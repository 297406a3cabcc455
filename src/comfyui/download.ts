import { fault } from '../runninghub/errors.js';
import type { DownloadAnswer } from '../runninghub/service.js';
import type { ComfyServer } from './server.js';

/**
 * `GET /view` of an output (comfyui-api 7). Always the whole file: a server that was started again
 * may have another file of this name, and the rest of it would not fit.
 */
export const viewed = async (
  servers: readonly ComfyServer[],
  url: string,
  signal: AbortSignal | undefined,
): Promise<DownloadAnswer> => {
  const server = servers.find(({ address }) => url.startsWith(`${address}/view?`));
  if (server === undefined)
    return {
      is: 'expired',
      fault: fault('task', 'other-server', `${url} is on none of the servers of the manifest`),
    };
  const opened = await server.wire.open(url, {}, signal);
  if (opened.is === 'none') return { is: 'failed', fault: server.wire.readFault(opened) };
  const { statusCode, headers, body, discard } = opened.answer;
  if (statusCode === 200) {
    const bytes = Number(headers['content-length'] ?? NaN);
    const plain = headers['content-encoding'] === undefined;
    const type = headers['content-type'];
    return {
      is: 'open',
      body,
      totalBytes: plain && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
      offset: 0,
      mediaType: typeof type === 'string' ? type : null,
    };
  }
  await discard().catch(() => undefined);
  const why = `${server.address} answered HTTP ${statusCode} to the download of a file`;
  return statusCode === 404
    ? {
        is: 'expired',
        fault: fault('task', 'http-404', `The file is not on ${server.address} any more`),
      }
    : { is: 'failed', fault: fault('transient', `http-${statusCode}`, why) };
};
