import { sizeOf } from '../../media/png.js';
import type { Frame, Pixels } from '../run/values.js';
import { decodePng } from './png.js';
import { digest, frameOf, painted, withoutAlpha } from './pixels.js';

/** A picture of a file. */
export interface ReadImage {
  readonly frame: Frame;
  /** 255 where there is none. */
  readonly alpha: (pixel: number) => number;
  readonly hasAlpha: boolean;
  readonly texts: readonly (readonly [keyword: string, content: string])[];
}

/** Null where the file is no picture that Pillow would know. */
export const readImage = (bytes: Buffer): ReadImage | null => {
  const png = decodePng(bytes);
  if (png !== null) {
    const { pixels } = png;
    return {
      frame: frameOf(pixels.width, pixels.height, () => withoutAlpha(pixels)),
      alpha: (pixel) => pixels.data[pixel * 4 + 3] ?? 255,
      hasAlpha: png.hasAlpha,
      texts: png.texts,
    };
  }
  const size = sizeOfOther(bytes);
  if (size === null) return null;
  // Other formats are not decoded here: a picture that follows from the content stands for them.
  return {
    frame: painted(size.width, size.height, '', digest(bytes)),
    alpha: () => 255,
    hasAlpha: false,
    texts: [],
  };
};

/** As `convert('RGBA')` gives it. */
export const rgba = ({ frame, alpha }: ReadImage): Pixels => {
  const { width, height, data } = frame.pixels();
  const all = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    all.set(data.subarray(at * 3, at * 3 + 3), at * 4);
    all[at * 4 + 3] = alpha(at);
  }
  return { width, height, channels: 4, data: all };
};

interface Size {
  readonly width: number;
  readonly height: number;
}

const sizeOfOther = (bytes: Buffer): Size | null => {
  if (bytes.toString('latin1', 0, 4) === '\x89PNG') return interlaced(bytes);
  const jpeg = sizeOf(bytes);
  if (jpeg !== null) return jpeg;
  if (/^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)) && bytes.length > 10)
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (bytes.toString('latin1', 0, 2) === 'BM' && bytes.length > 26)
    return { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
  return webpSize(bytes);
};

/** A whole PNG that is interlaced; what is only called one is no picture. */
const interlaced = (bytes: Buffer): Size | null =>
  bytes.toString('latin1', 12, 16) === 'IHDR' && bytes[28] === 1 && bytes.includes('IEND')
    ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
    : null;

const webpSize = (bytes: Buffer): Size | null => {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP')
    return null;
  if (bytes.length < 30) return null;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
};
