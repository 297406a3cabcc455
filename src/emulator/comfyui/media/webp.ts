import type { Pixels } from '../run/values.js';

/** A lossless WebP: every value with 8 bits, nothing is repeated. */
export const encodeWebp = (pixels: Pixels): Buffer => riff(chunk('VP8L', lossless(pixels)));

/** A film of lossless pictures of one size. */
export const encodeAnimatedWebp = (frames: readonly Pixels[], frameMs: number): Buffer => {
  const { width = 1, height = 1, channels = 3 } = frames[0] ?? {};
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x02 | (channels === 4 ? 0x10 : 0);
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  return riff(
    chunk('VP8X', canvas),
    // Without a colour behind, for ever.
    chunk('ANIM', Buffer.alloc(6)),
    ...frames.map((frame) => {
      const head = Buffer.alloc(16);
      head.writeUIntLE(frame.width - 1, 6, 3);
      head.writeUIntLE(frame.height - 1, 9, 3);
      head.writeUIntLE(Math.min(0xff_ffff, Math.max(1, Math.round(frameMs))), 12, 3);
      return chunk('ANMF', Buffer.concat([head, chunk('VP8L', lossless(frame))]));
    }),
  );
};

const riff = (...chunks: readonly Buffer[]): Buffer => {
  const content = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
};

const chunk = (name: string, content: Buffer): Buffer => {
  const head = Buffer.from(`${name}\0\0\0\0`);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length & 1)]);
};

const lossless = ({ width, height, channels, data }: Pixels): Buffer => {
  const bits = new BitWriter();
  bits.write(0x2f, 8);
  bits.write(width - 1, 14);
  bits.write(height - 1, 14);
  bits.write(channels === 4 ? 1 : 0, 1);
  // Version; no transform, no cache of colours, one set of codes.
  bits.write(0, 3 + 1 + 1 + 1);
  plainCode(bits, true);
  plainCode(bits, false);
  plainCode(bits, false);
  if (channels === 4) plainCode(bits, false);
  else oneSymbol(bits, 255, 8);
  oneSymbol(bits, 0, 1);
  for (let at = 0; at < data.length; at += channels) {
    // Green, red, blue, alpha; codes are read from their highest bit.
    bits.write(reversed[data[at + 1] ?? 0] ?? 0, 8);
    bits.write(reversed[data[at] ?? 0] ?? 0, 8);
    bits.write(reversed[data[at + 2] ?? 0] ?? 0, 8);
    if (channels === 4) bits.write(reversed[data[at + 3] ?? 0] ?? 0, 8);
  }
  return bits.bytes();
};

const reversed = Uint8Array.from({ length: 256 }, (_, value) => {
  let turned = 0;
  for (let bit = 0; bit < 8; bit += 1) if ((value & (1 << bit)) !== 0) turned |= 0x80 >> bit;
  return turned;
});

/** All of 256 symbols with 8 bits; green has 24 more, which are not used. */
const plainCode = (bits: BitWriter, isGreen: boolean): void => {
  bits.write(0, 1);
  // Lengths of the code of lengths, in the format's order: 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8.
  bits.write(12 - 4, 4);
  for (const length of [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]) bits.write(length, 3);
  if (isGreen) {
    bits.write(1, 1);
    // Only 256 lengths are told, in 8 bits.
    bits.write(3, 3);
    bits.write(254, 8);
  } else bits.write(0, 1);
  for (let symbol = 0; symbol < 256; symbol += 1) bits.write(0, 1);
};

const oneSymbol = (bits: BitWriter, symbol: number, width: 1 | 8): void => {
  bits.write(1, 1);
  bits.write(0, 1);
  bits.write(width === 8 ? 1 : 0, 1);
  bits.write(symbol, width);
};

/** Least significant bit first. */
class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  write(value: number, width: number): void {
    for (let bit = 0; bit < width; bit += 1) {
      this.#pending |= ((value >> bit) & 1) << this.#count;
      this.#count += 1;
      if (this.#count === 8) {
        this.#bytes.push(this.#pending);
        this.#pending = 0;
        this.#count = 0;
      }
    }
  }

  bytes(): Buffer {
    while (this.#count > 0) this.write(0, 1);
    return Buffer.from(this.#bytes);
  }
}
