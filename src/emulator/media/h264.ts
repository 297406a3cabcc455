import { Bits } from './bytes.js';
import type { Picture } from './canvas.js';

/**
 * H.264 baseline whose macroblocks are all I_PCM: plain samples, no transform, no prediction.
 * Large for its size and playable everywhere, which is all that a stand-in needs.
 */
export interface Stream {
  readonly sps: Buffer;
  readonly pps: Buffer;
  /** One IDR picture each, without a start code. */
  readonly frames: readonly Buffer[];
}

/** Width and height must be multiples of 16, and equal in all pictures. */
export const encodeH264 = (pictures: readonly Picture[]): Stream => {
  const { width = 16, height = 16 } = pictures[0] ?? {};
  return {
    sps: unit(0x67, sequence(width / 16, height / 16)),
    pps: unit(0x68, parameters),
    frames: pictures.map((picture, index) => unit(0x65, slice(picture, index))),
  };
};

/** Profile 66, level 3.0, order of output = order of decoding. */
const sequence = (columns: number, rows: number): Bits =>
  new Bits()
    .fixed(66, 8)
    .fixed(0xc0, 8)
    .fixed(30, 8)
    .golomb(0) // id
    .golomb(0) // frame_num has 4 bits
    .golomb(2) // picture order type
    .golomb(1) // reference frames
    .fixed(0, 1)
    .golomb(columns - 1)
    .golomb(rows - 1)
    .fixed(0b1100, 4) // frames only, direct 8x8, no cropping, no VUI
    .stop();

const parameters = new Bits()
  .golomb(0)
  .golomb(0)
  .fixed(0, 2) // CAVLC, no bottom field order
  .golomb(0) // one slice group
  .golomb(0)
  .golomb(0)
  .fixed(0, 3) // no weighted prediction
  .golomb(0)
  .golomb(0)
  .golomb(0)
  .fixed(0b100, 3) // slices control deblocking
  .stop();

const slice = (picture: Picture, index: number): Bits => {
  const bits = new Bits()
    .golomb(0) // first macroblock
    .golomb(7) // I, and so are all others
    .golomb(0)
    .fixed(0, 4) // frame_num
    .golomb(index % 2) // idr_pic_id: neighbours differ
    .fixed(0, 2) // reference marking
    .golomb(0) // qp delta
    .golomb(1); // no deblocking
  for (let y = 0; y < picture.height; y += 16)
    for (let x = 0; x < picture.width; x += 16)
      bits
        .golomb(25)
        .align()
        .raw(samples(picture, x, y));
  return bits.stop();
};

/** 256 luma, 64 blue and 64 red differences of one macroblock, in BT.601 rendering range. */
const samples = ({ width, rgb }: Picture, left: number, top: number): Uint8Array => {
  const block = new Uint8Array(384);
  for (let y = 0; y < 16; y += 1)
    for (let x = 0; x < 16; x += 1) {
      const at = ((top + y) * width + left + x) * 3;
      const [r, g, b] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
      block[y * 16 + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const chroma = (y >> 1) * 8 + (x >> 1);
      block[256 + chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      block[320 + chroma] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  return block;
};

/** A NAL unit. Samples are never below 16, so nothing in it can look like a start code. */
const unit = (header: number, bits: Bits): Buffer =>
  Buffer.concat([Buffer.from([header]), bits.bytes()]);
