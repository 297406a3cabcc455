import { deflateSync } from 'node:zlib';

/** A picture's text chunk: keyword (Latin-1, short) and content. */
export type TextChunk = readonly [keyword: string, content: string];

/** A PNG of 8-bit RGB rows with international text chunks. */
export const encodePng = (
  width: number,
  height: number,
  rgb: Uint8Array,
  texts: readonly TextChunk[],
): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const stride = width * 3;
  const raw = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1)
    raw.set(rgb.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...texts.map(([keyword, content]) =>
      // iTXt: keyword, no compression, no language, UTF-8.
      chunk(
        'iTXt',
        Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(content)]),
      ),
    ),
    chunk('IDAT', deflateSync(raw, { level: 3 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

/** The text chunks of a PNG, for tests and curious people. */
export const readTexts = (png: Uint8Array): Map<string, string> => {
  const view = Buffer.from(png);
  const texts = new Map<string, string>();
  for (let at = 8; at + 8 <= view.length;) {
    const length = view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    if (type === 'iTXt') {
      const data = view.subarray(at + 8, at + 8 + length);
      const end = data.indexOf(0);
      texts.set(data.toString('latin1', 0, end), data.subarray(end + 5).toString('utf8'));
    }
    at += length + 12;
  }
  return texts;
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
};

const crcTable: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};
