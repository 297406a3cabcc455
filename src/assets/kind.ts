import type { AssetKind } from './asset.js';

/** Bytes that `kindOf` needs to see. */
export const headBytes = 512;

type Test = (head: Uint8Array) => boolean;

const ascii = (text: string, at = 0): Test =>
  bytes(
    Array.from(text, (char) => char.charCodeAt(0)),
    at,
  );

const bytes =
  (wanted: readonly number[], at = 0): Test =>
  (head) =>
    wanted.every((byte, index) => head[at + index] === byte);

const all =
  (...tests: readonly Test[]): Test =>
  (head) =>
    tests.every((test) => test(head));

const kind = (medium: AssetKind['medium'], ext: string, mediaType: string): AssetKind => ({
  medium,
  ext,
  mediaType,
});

/** By content, first match. Names lie; the service and people go by what a file is. */
const table: readonly (readonly [Test, AssetKind])[] = [
  [bytes([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), kind('image', 'png', 'image/png')],
  [bytes([0xff, 0xd8, 0xff]), kind('image', 'jpg', 'image/jpeg')],
  [ascii('GIF8'), kind('image', 'gif', 'image/gif')],
  [all(ascii('RIFF'), ascii('WEBP', 8)), kind('image', 'webp', 'image/webp')],
  [all(ascii('RIFF'), ascii('WAVE', 8)), kind('audio', 'wav', 'audio/wav')],
  [all(ascii('RIFF'), ascii('AVI ', 8)), kind('video', 'avi', 'video/x-msvideo')],
  [ascii('BM'), kind('image', 'bmp', 'image/bmp')],
  [bytes([0x49, 0x49, 0x2a, 0x00]), kind('image', 'tiff', 'image/tiff')],
  [bytes([0x4d, 0x4d, 0x00, 0x2a]), kind('image', 'tiff', 'image/tiff')],
  [all(ascii('ftyp', 4), ascii('avif', 8)), kind('image', 'avif', 'image/avif')],
  [all(ascii('ftyp', 4), ascii('hei', 8)), kind('image', 'heic', 'image/heic')],
  [all(ascii('ftyp', 4), ascii('M4A', 8)), kind('audio', 'm4a', 'audio/mp4')],
  [all(ascii('ftyp', 4), ascii('qt', 8)), kind('video', 'mov', 'video/quicktime')],
  [ascii('ftyp', 4), kind('video', 'mp4', 'video/mp4')],
  [bytes([0x1a, 0x45, 0xdf, 0xa3]), kind('video', 'webm', 'video/webm')],
  [ascii('ID3'), kind('audio', 'mp3', 'audio/mpeg')],
  [
    (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2,
    kind('audio', 'mp3', 'audio/mpeg'),
  ],
  [ascii('fLaC'), kind('audio', 'flac', 'audio/flac')],
  [ascii('OggS'), kind('audio', 'ogg', 'audio/ogg')],
  [bytes([0x50, 0x4b, 0x03, 0x04]), kind('archive', 'zip', 'application/zip')],
  // The length of a JSON header as eight bytes, of which the upper four are zero, then the header.
  [
    all(bytes([0, 0, 0, 0], 4), ascii('{"', 8)),
    kind('model', 'safetensors', 'application/octet-stream'),
  ],
];

/** What a file is, by its first bytes; for the rest the ending of its name is kept. */
export const kindOf = (head: Uint8Array, name: string): AssetKind => {
  for (const [test, found] of table) if (test(head)) return found;
  const ext = /\.([a-z0-9]{1,12})$/i.exec(name)?.[1]?.toLowerCase() ?? 'bin';
  return kind('other', ext, 'application/octet-stream');
};

/** A web page, such as an error page in place of a file. */
const isHtml = (head: Uint8Array): boolean => {
  const start = new TextDecoder('latin1').decode(head.subarray(0, headBytes)).trimStart();
  return /^(?:<!doctype html|<html|<head|<body|<\?xml[^>]*>\s*<(?:!doctype )?(?:html|error))/i.test(
    start,
  );
};

const texts: ReadonlySet<string> = new Set([
  'txt',
  'json',
  'csv',
  'html',
  'htm',
  'md',
  'xml',
  'svg',
  'srt',
]);

/**
 * Why these first bytes cannot be an output of that type; null when they may be. Another
 * picture format under a picture's name happens (runninghub-api 13) and is let through.
 */
export const whyNotOutput = (head: Uint8Array, type: string): string | null => {
  if (texts.has(type.toLowerCase())) return null;
  if (isHtml(head)) return `The link gave a web page in place of a ${type} file`;
  const start = new TextDecoder('latin1').decode(head.subarray(0, 1));
  if (
    start === '{' &&
    kindOf(head, '').medium === 'other' &&
    /image|png|jpe?g|webp|mp4/i.test(type)
  )
    return `The link gave a JSON text in place of a ${type} file`;
  return null;
};
