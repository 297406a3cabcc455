import type { ServerResponse } from 'node:http';
import type { Received } from '../../http/request.js';

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  txt: 'text/plain; charset=utf-8',
  glb: 'model/gltf-binary',
  zip: 'application/zip',
};

/** What is sent of a file: all of it, or the range that was asked for. */
export interface Part {
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Null where the range lies outside of the file; that is answered here. */
export const partOf = (
  { headers }: Received,
  response: ServerResponse,
  bytes: Buffer,
  ending: string,
): Part | null => {
  const range = rangeOf(headers.range, bytes.length);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return null;
  }
  return {
    status: range === null ? 200 : 206,
    headers: {
      'content-type': mediaTypes[ending] ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
      ...(range === null
        ? {}
        : { 'content-range': `bytes ${range.from}-${range.to}/${bytes.length}` }),
    },
    body: range === null ? bytes : bytes.subarray(range.from, range.to + 1),
  };
};

/** Errors of object storage are XML. */
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
