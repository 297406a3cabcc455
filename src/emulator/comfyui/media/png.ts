import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { ascii, u32 } from '../../media/bytes.js';
import type { Pixels } from '../run/values.js';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([ascii(type), content]);
  return Buffer.concat([u32(content.length), body, u32(crc32(body))]);
};

/** A PNG of 8-bit RGB or RGBA with Latin-1 text chunks in front, as Pillow writes it. */
export const encodePng = (
  { width, height, channels, data }: Pixels,
  texts: readonly (readonly [keyword: string, content: string])[] = [],
): Buffer => {
  const type = channels === 4 ? 6 : 2;
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([8, type, 0, 0, 0])])),
    ...texts.map(([keyword, content]) => chunk('tEXt', ascii(`${keyword}\0${content}`))),
    ...imageData(width, height, channels, data).map((content) => chunk('IDAT', content)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

/** Chunks of frames of an APNG need the same compressed data. */
export const imageData = (
  width: number,
  height: number,
  channels: number,
  data: Uint8Array,
): Buffer[] => {
  const stride = width * channels;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const to = y * (stride + 1) + 1;
    const from = y * stride;
    // Differences to the row above (filter 2): flat areas become zeros.
    rows[to - 1] = y === 0 ? 0 : 2;
    for (let x = 0; x < stride; x += 1)
      rows[to + x] = (data[from + x] ?? 0) - (y === 0 ? 0 : (data[from + x - stride] ?? 0));
  }
  return [deflateSync(rows, { level: 4 })];
};

export interface Decoded {
  readonly pixels: Pixels;
  readonly hasAlpha: boolean;
  readonly texts: readonly (readonly [keyword: string, content: string])[];
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
}

const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Reads a PNG that is not interlaced; null where it is none, or broken. */
export const decodePng = (bytes: Uint8Array): Decoded | null => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!view.subarray(0, 8).equals(signature)) return null;
  let header: Header | null = null;
  let palette: Uint8Array = Buffer.alloc(0);
  let transparent: Uint8Array = Buffer.alloc(0);
  const texts: [string, string][] = [];
  const compressed: Buffer[] = [];
  for (let at = 8; at + 12 <= view.length; at += view.readUInt32BE(at) + 12) {
    const content = view.subarray(at + 8, at + 8 + view.readUInt32BE(at));
    switch (view.toString('latin1', at + 4, at + 8)) {
      case 'IHDR':
        if (content.length < 13 || content[12] !== 0) return null;
        header = {
          width: content.readUInt32BE(0),
          height: content.readUInt32BE(4),
          depth: content[8] ?? 0,
          type: content[9] ?? 0,
        };
        break;
      case 'PLTE':
        palette = content;
        break;
      case 'tRNS':
        transparent = content;
        break;
      case 'tEXt': {
        const end = content.indexOf(0);
        texts.push([content.toString('latin1', 0, end), content.toString('latin1', end + 1)]);
        break;
      }
      case 'IDAT':
        compressed.push(content);
        break;
      default:
    }
  }
  if (header === null || header.width * header.height > 100_000_000) return null;
  const rows = unfiltered(compressed, header);
  if (rows === null) return null;
  const hasAlpha = header.type === 4 || header.type === 6 || transparent.length > 0;
  return { pixels: coloured(rows, header, palette, transparent), hasAlpha, texts };
};

const unfiltered = (compressed: readonly Buffer[], header: Header): Uint8Array | null => {
  const samples = samplesOf[header.type];
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(header.depth)) return null;
  const stride = Math.ceil((header.width * samples * header.depth) / 8);
  const pixel = Math.max(1, (samples * header.depth) >> 3);
  let raw: Buffer;
  try {
    raw = inflateSync(Buffer.concat(compressed));
  } catch {
    return null;
  }
  if (raw.length < (stride + 1) * header.height) return null;
  const rows = new Uint8Array(stride * header.height);
  for (let y = 0; y < header.height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= pixel ? (rows[at - pixel] ?? 0) : 0;
      const above = y > 0 ? (rows[at - stride] ?? 0) : 0;
      const corner = x >= pixel && y > 0 ? (rows[at - stride - pixel] ?? 0) : 0;
      const value = raw[y * (stride + 1) + 1 + x] ?? 0;
      rows[at] = value + predicted(filter, left, above, corner);
    }
  }
  return rows;
};

const predicted = (filter: number, left: number, above: number, corner: number): number => {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const guess = left + above - corner;
      const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
      if (a === undefined || b === undefined || c === undefined) return 0;
      return a <= b && a <= c ? left : b <= c ? above : corner;
    }
    default:
      return 0;
  }
};

/** As 8-bit RGBA. */
const coloured = (
  rows: Uint8Array,
  { width, height, depth, type }: Header,
  palette: Uint8Array,
  transparent: Uint8Array,
): Pixels => {
  const samples = samplesOf[type] ?? 1;
  const stride = Math.ceil((width * samples * depth) / 8);
  const most = 2 ** Math.min(depth, 8) - 1;
  /** 16-bit samples by their high byte. */
  const sample = (x: number, y: number, which: number): number => {
    const index = x * samples + which;
    if (depth >= 8) return rows[y * stride + index * (depth >> 3)] ?? 0;
    const byte = rows[y * stride + ((index * depth) >> 3)] ?? 0;
    return (byte >> (8 - depth - ((index * depth) & 7))) & most;
  };
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 4;
      const first = sample(x, y, 0);
      if (type === 3) {
        for (let at = 0; at < 3; at += 1) data[to + at] = palette[first * 3 + at] ?? 0;
        data[to + 3] = transparent[first] ?? 255;
      } else {
        const grey = type === 0 || type === 4;
        for (let at = 0; at < 3; at += 1)
          data[to + at] = grey ? (first * 255) / most : sample(x, y, at);
        data[to + 3] = type === 4 ? sample(x, y, 1) : type === 6 ? sample(x, y, 3) : 255;
      }
    }
  return { width, height, channels: 4, data };
};
