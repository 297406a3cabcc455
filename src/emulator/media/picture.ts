import { createHash } from 'node:crypto';

/** RGB rows of a landscape whose sky, sun and ridges follow from the seed text. */
export const paint = (width: number, height: number, seed: string): Uint8Array => {
  const bytes = createHash('sha256').update(seed).digest();
  const at = (index: number): number => (bytes[index % 32] ?? 0) / 255;
  const hue = at(0);
  const top = colour(hue, 0.45, 0.35 + 0.3 * at(1));
  const horizon = colour(hue + 0.08 + 0.2 * at(2), 0.6, 0.75);
  const sun = { x: 0.15 + 0.7 * at(3), y: 0.15 + 0.35 * at(4), r: 0.05 + 0.09 * at(5) };
  const sunColour = colour(hue + 0.1, 0.9, 0.88);
  const ridges = ridgeLines(width, at);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const v = y / height;
    for (let x = 0; x < width; x += 1) {
      const u = x / width;
      const layer = ridges.findLastIndex((line) => v > (line[x] ?? 1));
      let pixel = mix(top, horizon, Math.min(1, v * 1.6));
      const distance = Math.hypot(u - sun.x, (v - sun.y) * (height / width));
      if (distance < sun.r) pixel = sunColour;
      else if (distance < sun.r * 3) pixel = mix(sunColour, pixel, (distance / sun.r - 1) / 2);
      if (layer !== -1) {
        const depth = (layer + 1) / ridges.length;
        pixel = mix(horizon, colour(hue + 0.35 * at(6), 0.35, 0.16), 0.25 + 0.7 * depth);
      }
      const offset = (y * width + x) * 3;
      rgb.set(pixel, offset);
    }
  }
  return rgb;
};

type Rgb = readonly [number, number, number];

const ridgeLines = (width: number, at: (index: number) => number): Float32Array[] =>
  [0, 1, 2, 3].map((layer) =>
    Float32Array.from({ length: width }, (_, x) => {
      const u = x / width;
      const slow = Math.sin(u * (3 + 4 * at(7 + layer)) + 6.28 * at(11 + layer));
      const fast = Math.sin(u * (11 + 9 * at(15 + layer)) + 6.28 * at(19 + layer));
      return 0.5 + 0.12 * layer + 0.07 * slow + 0.025 * fast;
    }),
  );

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Hue, saturation and lightness in 0…1. */
const colour = (hue: number, saturation: number, lightness: number): Rgb => {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + (((hue % 1) + 1) % 1) * 12) % 12;
    return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
};
