import type { StoredFile } from '../files.js';
import type { Answer } from './answers.js';
import { empty } from './answers.js';
import type { Received } from './received.js';

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  mp3: 'audio/mpeg',
  wav: 'audio/x-wav',
  flac: 'audio/x-flac',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  m4a: 'audio/mp4',
  txt: 'text/plain',
  json: 'application/json',
  glb: 'model/gltf-binary',
  zip: 'application/zip',
};

export const typeOfName = (name: string): string =>
  types[/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';

/** A file with its part, its age and its tag, as aiohttp serves it (ComfyUI notes, section 7). */
export const fileAnswer = (
  { headers }: Received,
  file: StoredFile,
  name: string,
  type: string,
): Answer => {
  const bytes = file.bytes();
  const seconds = Math.floor(file.at / 1000);
  const etag = `"${(BigInt(Math.floor(file.at)) * 1_000_000n).toString(16)}-${bytes.length.toString(16)}"`;
  const about = {
    etag,
    'last-modified': new Date(seconds * 1000).toUTCString(),
    'accept-ranges': 'bytes',
  };
  const matches = headers['if-none-match'];
  if (matches !== undefined) {
    if (
      matches === '*' ||
      matches.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
    )
      return { ...empty(304), headers: about };
  } else {
    const since = Date.parse(headers['if-modified-since'] ?? '');
    if (seconds * 1000 <= since) return { ...empty(304), headers: about };
  }
  const whole = {
    'content-type': type,
    ...about,
    'content-disposition': `filename="${name}"`,
  };
  const range = rangeOf(headers.range, bytes.length);
  if (range === 'outside')
    return {
      status: 416,
      headers: { ...whole, 'content-range': `bytes */${bytes.length}` },
      body: Buffer.alloc(0),
    };
  if (range === null) return { status: 200, headers: whole, body: bytes };
  return {
    status: 206,
    headers: { ...whole, 'content-range': `bytes ${range.from}-${range.to - 1}/${bytes.length}` },
    body: bytes.subarray(range.from, range.to),
  };
};

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; null: none. */
const rangeOf = (
  header: string | undefined,
  length: number,
): { readonly from: number; readonly to: number } | 'outside' | null => {
  if (header === undefined) return null;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === '' && last === '') return 'outside';
  if (first === '') return { from: Math.max(0, length - Number(last)), to: length };
  const from = Number(first);
  const to = last === '' ? length : Math.min(length, Number(last) + 1);
  return from >= length || to <= from ? 'outside' : { from, to };
};
