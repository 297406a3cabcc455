import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from './canvas.js';
import { ascii, u32 } from './bytes.js';

/** A picture's text chunk: keyword (Latin-1, short) and content. */
export type TextChunk = readonly [keyword: string, content: string];

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8-bit RGB with international text chunks. */
export const encodePng = (
  { width, height, rgb }: Picture,
  texts: readonly TextChunk[] = [],
): Buffer => {
  const header = Buffer.concat([u32(width), u32(height), Buffer.from([8, 2, 0, 0, 0])]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...texts.map(([keyword, content]) =>
      // iTXt: keyword, not compressed, no language, UTF-8.
      chunk('iTXt', Buffer.concat([ascii(`${keyword}\0\0\0\0\0`), Buffer.from(content)])),
    ),
    chunk('IDAT', deflateSync(filtered(width, height, rgb), { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

/** Rows as differences to the row above (filter 2): flat areas become zeros. */
const filtered = (width: number, height: number, rgb: Uint8Array): Buffer => {
  const stride = width * 3;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const to = y * (stride + 1) + 1;
    const from = y * stride;
    rows[to - 1] = y === 0 ? 0 : 2;
    if (y === 0) rows.set(rgb.subarray(0, stride), to);
    else
      for (let x = 0; x < stride; x += 1)
        rows[to + x] = (rgb[from + x] ?? 0) - (rgb[from + x - stride] ?? 0);
  }
  return rows;
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([ascii(type), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
};

/** The text chunks of a PNG, for tests and curious people. */
export const readTexts = (png: Uint8Array): Map<string, string> => {
  const view = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const texts = new Map<string, string>();
  for (let at = 8; at + 8 <= view.length; at += view.readUInt32BE(at) + 12) {
    if (view.toString('latin1', at + 4, at + 8) !== 'iTXt') continue;
    const data = view.subarray(at + 8, at + 8 + view.readUInt32BE(at));
    const end = data.indexOf(0);
    texts.set(data.toString('latin1', 0, end), data.subarray(end + 5).toString('utf8'));
  }
  return texts;
};

/** Width and height of a PNG or JPEG by its header; null for anything else. */
export const sizeOf = (bytes: Uint8Array): { width: number; height: number } | null => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length > 24 && view.subarray(0, 8).equals(signature))
    return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  if (view.length < 4 || view[0] !== 0xff || view[1] !== 0xd8) return null;
  for (let at = 2; at + 9 < view.length && view[at] === 0xff;) {
    const marker = view[at + 1] ?? 0;
    // Start of frame, without the tables (C4, C8, CC) that share its range.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: view.readUInt16BE(at + 7), height: view.readUInt16BE(at + 5) };
    at += view.readUInt16BE(at + 2) + 2;
  }
  return null;
};
