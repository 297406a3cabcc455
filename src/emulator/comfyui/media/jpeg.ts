import type { Pixels } from '../run/values.js';

/** Where the k-th value of a zigzag walk stands in a block. */
const zigzag = (() => {
  const order: number[] = [];
  for (let sum = 0; sum < 15; sum += 1)
    for (let step = 0; step <= sum; step += 1) {
      const [x, y] = sum % 2 === 0 ? [step, sum - step] : [sum - step, step];
      if (x < 8 && y < 8) order.push(y * 8 + x);
    }
  return order;
})();

/** One step of all coefficients: good enough for a preview, and a short table. */
const quantum = 12;

/** Every category of differences has 4 bits. */
const dcLengths = [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const dcSymbols = Array.from({ length: 12 }, (_, at) => at);
/** Every pair of a run and a size has 8 bits. */
const acSymbols = Array.from({ length: 16 }, (_, run) =>
  Array.from({ length: 11 }, (__, size) => run * 16 + size),
)
  .flat()
  .filter((symbol) => (symbol & 15) > 0 || symbol === 0 || symbol === 0xf0);
const acLengths = [0, 0, 0, 0, 0, 0, 0, acSymbols.length, 0, 0, 0, 0, 0, 0, 0, 0];

const segment = (marker: number, content: readonly number[]): Buffer =>
  Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff, ...content]);

/** A baseline JPEG without subsampling, with Huffman tables of one length each. */
export const encodeJpeg = (pixels: Pixels): Buffer => {
  const { width, height } = pixels;
  const bits = new BitWriter();
  const before = [0, 0, 0];
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8)
      for (let component = 0; component < 3; component += 1)
        before[component] = writeBlock(
          bits,
          transformed(block(pixels, left, top, component)),
          before[component] ?? 0,
        );
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array<number>(64).fill(quantum)]),
    segment(0xc0, [
      ...[8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3],
      ...[1, 2, 3].flatMap((component) => [component, 0x11, 0]),
    ]),
    segment(0xc4, [0x00, ...dcLengths, ...dcSymbols]),
    segment(0xc4, [0x10, ...acLengths, ...acSymbols]),
    segment(0xda, [3, ...[1, 2, 3].flatMap((component) => [component, 0x00]), 0, 63, 0]),
    bits.bytes(),
    Buffer.from([0xff, 0xd9]),
  ]);
};

const weights: readonly (readonly [red: number, green: number, blue: number])[] = [
  [0.299, 0.587, 0.114],
  [-0.1687, -0.3313, 0.5],
  [0.5, -0.4187, -0.0813],
];

/** 8 by 8 values around zero; beyond the edge the last pixel goes on. */
const block = (
  { width, height, channels, data }: Pixels,
  left: number,
  top: number,
  component: number,
) => {
  const [red, green, blue] = weights[component] ?? [0, 0, 0];
  const values = new Float64Array(64);
  for (let y = 0; y < 8; y += 1)
    for (let x = 0; x < 8; x += 1) {
      const row = Math.min(height - 1, top + y);
      const at = (row * width + Math.min(width - 1, left + x)) * channels;
      const level =
        red * (data[at] ?? 0) + green * (data[at + 1] ?? 0) + blue * (data[at + 2] ?? 0);
      values[y * 8 + x] = component === 0 ? level - 128 : level;
    }
  return values;
};

const cosines = Float64Array.from({ length: 64 }, (_, at) => {
  const [frequency, x] = [at >> 3, at & 7];
  return (
    (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * frequency * Math.PI) / 16)
  );
});

/** Cosine transform of rows and columns, in steps of the quantum, in zigzag order. */
const transformed = (values: Float64Array): number[] => {
  const rows = new Float64Array(64);
  const all = new Float64Array(64);
  for (let y = 0; y < 8; y += 1)
    for (let u = 0; u < 8; u += 1) {
      let sum = 0;
      for (let x = 0; x < 8; x += 1) sum += (values[y * 8 + x] ?? 0) * (cosines[u * 8 + x] ?? 0);
      rows[y * 8 + u] = sum;
    }
  for (let u = 0; u < 8; u += 1)
    for (let v = 0; v < 8; v += 1) {
      let sum = 0;
      for (let y = 0; y < 8; y += 1) sum += (rows[y * 8 + u] ?? 0) * (cosines[v * 8 + y] ?? 0);
      all[v * 8 + u] = sum;
    }
  return zigzag.map((at) => Math.round((all[at] ?? 0) / quantum));
};

const sizeOf = (value: number): number => 32 - Math.clz32(Math.abs(value));

/** The value's own bits: negative ones are counted from below. */
const writeValue = (bits: BitWriter, value: number, size: number): void =>
  bits.write(value < 0 ? value + 2 ** size - 1 : value, size);

const writeBlock = (bits: BitWriter, coefficients: readonly number[], before: number): number => {
  const [first = 0, ...rest] = coefficients;
  const size = sizeOf(first - before);
  bits.write(size, 4);
  writeValue(bits, first - before, size);
  let zeros = 0;
  const symbol = (value: number): void => bits.write(acSymbols.indexOf(value), 8);
  for (const value of rest) {
    if (value === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) symbol(0xf0);
    const length = sizeOf(value);
    symbol(zeros * 16 + length);
    writeValue(bits, value, length);
    zeros = 0;
  }
  if (zeros > 0) symbol(0);
  return first;
};

class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  write(value: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.#bytes.push(this.#pending);
      // A byte of ones is followed by an empty one.
      if (this.#pending === 0xff) this.#bytes.push(0);
      this.#pending = 0;
      this.#count = 0;
    }
  }

  bytes(): Buffer {
    while (this.#count > 0) this.write(1, 1);
    return Buffer.from(this.#bytes);
  }
}
