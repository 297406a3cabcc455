import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultKind } from './faults.js';
import { outputFiles } from './outputs.js';
import type { Received } from './request.js';
import type { ServiceModel } from './service.js';

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  mp4: 'video/mp4',
  wav: 'audio/wav',
  txt: 'text/plain; charset=utf-8',
};

/** Serves an output file: ranges, links that die, and downloads that break off. */
export const serveFile = async (
  { path, query, headers }: Received,
  response: ServerResponse,
  model: ServiceModel,
  fault: FaultKind | null,
  closing: AbortSignal,
): Promise<void> => {
  const [, , taskId = '', index = ''] = path.split('/');
  const task = model.tasks.get(taskId);
  const file =
    task === undefined ? undefined : outputFiles(task, model.options.maxPixels)[Number(index)];
  const age = model.now() - Number(query.get('issued') ?? 0);
  if (fault === 'expiredLink' || age > model.options.linkLifeMs) {
    response
      .writeHead(403, { 'content-type': 'application/xml' })
      .end('<Error><Code>AccessDenied</Code></Error>');
    return;
  }
  if (task === undefined || file === undefined || model.statusOf(task) !== 'SUCCESS') {
    response.writeHead(404).end();
    return;
  }
  const bytes = file.bytes();
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (from > 0 && from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': mediaTypes[file.type] ?? 'application/octet-stream',
    'content-length': body.length,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  switch (fault) {
    case 'wrongLength':
    case 'resetAfter':
    case 'truncatedJson':
      // Half of it, then the connection breaks.
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    case 'slowDrip':
      for (let at = 0; at < body.length; at += Math.ceil(body.length / 6)) {
        response.write(body.subarray(at, at + Math.ceil(body.length / 6)));
        await wait(15, undefined, { signal: closing }).catch(() => undefined);
      }
      response.end();
      return;
    default:
      response.end(body);
  }
};
