import type { ServerResponse } from 'node:http';
import type { FaultRule } from './faults.js';
import type { OutputFile } from '../tasks/outputs.js';
import { outputFiles } from '../tasks/outputs.js';
import { unplanted } from './plant.js';
import type { Received } from './request.js';
import type { Context } from '../routes/route.js';
import type { Outlet } from './spoil.js';
import { hang } from './spoil.js';

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  mp4: 'video/mp4',
  wav: 'audio/wav',
  txt: 'text/plain; charset=utf-8',
  glb: 'model/gltf-binary',
  zip: 'application/zip',
};

/** The files drawn last, for clients that fetch a file in ranges. */
export class Drawn {
  readonly #files = new Map<string, Buffer>();

  get(name: string, file: OutputFile): Buffer {
    const found = this.#files.get(name) ?? file.bytes();
    this.#files.delete(name);
    this.#files.set(name, found);
    const oldest = this.#files.keys().next();
    if (this.#files.size > 8 && oldest.done !== true) this.#files.delete(oldest.value);
    return found;
  }
}

/** Serves an output file: ranges, links that die, and downloads that break off. No key is needed. */
export const serveFile = async (
  received: Received,
  outlet: Outlet,
  { model, links, studio, fault }: Context,
  drawn: Drawn,
): Promise<void> => {
  const { response } = outlet;
  const { path, search, headers, method } = received;
  const why =
    fault?.kind === 'expiredLink'
      ? 'RequestHasExpired'
      : links.refusal(path, unplanted(search), model.now(), model.linksFrom);
  if (why !== null) {
    refuseXml(response, fault?.kind === 'expiredLink' ? (fault.code ?? 403) : 403, why);
    return;
  }
  const [, , taskId = '', index = ''] = path.split('/');
  const task = model.tasks.get(taskId);
  const file = task === undefined ? undefined : outputFiles(task, studio)[Number(index)];
  if (task === undefined || file === undefined || model.statusOf(task) !== 'SUCCESS') {
    refuseXml(response, 404, 'NoSuchKey');
    return;
  }
  const bytes = drawn.get(`${taskId}/${index}`, file);
  const range = rangeOf(headers.range, bytes.length);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = range === null ? bytes : bytes.subarray(range.from, range.to + 1);
  const sent = fault?.kind === 'halfFile' ? body.subarray(0, body.length >> 1) : body;
  response.writeHead(range === null ? 200 : 206, {
    'content-type': mediaTypes[file.type] ?? 'application/octet-stream',
    'content-length': sent.length,
    'accept-ranges': 'bytes',
    ...(range === null
      ? {}
      : { 'content-range': `bytes ${range.from}-${range.to}/${bytes.length}` }),
  });
  if (method === 'HEAD') response.end();
  else await send(sent, outlet, fault);
};

const send = async (body: Buffer, outlet: Outlet, fault: FaultRule | null): Promise<void> => {
  const { response, closing, clock } = outlet;
  switch (fault?.kind) {
    case 'wrongLength':
    case 'resetAfter':
    case 'truncatedJson':
      // Half of it, then the connection breaks.
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
      return;
    case 'hangAfter':
      response.write(body.subarray(0, body.length >> 1));
      await hang(outlet);
      return;
    case 'slowDrip': {
      const step = Math.max(1, Math.ceil(body.length / 6));
      for (let at = 0; at < body.length; at += step) {
        response.write(body.subarray(at, at + step));
        await clock.sleep((fault.ms ?? 90) / 6, closing);
      }
      response.end();
      return;
    }
    default:
      response.end(body);
  }
};

export const refuseXml = (response: ServerResponse, status: number, code: string): void => {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version='1.0' encoding='utf-8'?><Error><Code>${code}</Code></Error>`);
};

interface Range {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; anything else is answered with the whole file. */
const rangeOf = (header: string | undefined, length: number): Range | 'unsatisfiable' | null => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') return { from: Math.max(0, length - Number(last)), to: length - 1 };
  const from = Number(first);
  const to = last === '' ? length - 1 : Math.min(length - 1, Number(last));
  return from >= length || to < from ? 'unsatisfiable' : { from, to };
};
