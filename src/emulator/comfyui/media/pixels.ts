import { createHash } from 'node:crypto';
import { paint } from '../../media/picture.js';
import type { Frame, Pixels } from '../run/values.js';

/** A frame that is drawn once, when it is wanted. */
export const frameOf = (width: number, height: number, draw: () => Pixels): Frame => {
  let drawn: Pixels | null = null;
  return { width, height, pixels: () => (drawn ??= draw()) };
};

/** A picture after a text; everything else that it depends on gives the composition. */
export const painted = (
  width: number,
  height: number,
  prompt: string,
  identity: string,
  time = 0,
): Frame =>
  frameOf(width, height, () => ({
    width,
    height,
    channels: 3,
    data: paint(width, height, prompt, identity, time).rgb,
  }));

export const plainColour = (width: number, height: number, colour: number): Frame =>
  frameOf(width, height, () => {
    const data = new Uint8Array(width * height * 3);
    for (let at = 0; at < data.length; at += 3) {
      data[at] = (colour >> 16) & 0xff;
      data[at + 1] = (colour >> 8) & 0xff;
      data[at + 2] = colour & 0xff;
    }
    return { width, height, channels: 3, data };
  });

/** Every pixel from the nearest one of the part `from` of another picture. */
export const resized = (
  frame: Frame,
  width: number,
  height: number,
  from: { x: number; y: number; width: number; height: number } = {
    x: 0,
    y: 0,
    width: frame.width,
    height: frame.height,
  },
): Frame =>
  frameOf(width, height, () => {
    const source = frame.pixels();
    const { channels } = source;
    const data = new Uint8Array(width * height * channels);
    for (let y = 0; y < height; y += 1) {
      const row = from.y + Math.floor(((y + 0.5) * from.height) / height);
      for (let x = 0; x < width; x += 1) {
        const column = from.x + Math.floor(((x + 0.5) * from.width) / width);
        const at = (row * source.width + column) * channels;
        for (let channel = 0; channel < channels; channel += 1)
          data[(y * width + x) * channels + channel] = source.data[at + channel] ?? 0;
      }
    }
    return { width, height, channels, data };
  });

/** Every value of every pixel in turn: channel 3 is alpha. */
export const mapped = (
  frame: Frame,
  change: (value: number, channel: number, pixel: number) => number,
): Frame =>
  frameOf(frame.width, frame.height, () => {
    const source = frame.pixels();
    const { channels } = source;
    const data = source.data.map((value, at) =>
      change(value, at % channels, Math.floor(at / channels)),
    );
    return { ...source, data };
  });

export const withoutAlpha = (pixels: Pixels): Pixels => {
  if (pixels.channels === 3) return pixels;
  const { width, height } = pixels;
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1)
    data.set(pixels.data.subarray(at * 4, at * 4 + 3), at * 3);
  return { width, height, channels: 3, data };
};

/** With the alpha of each pixel as told. */
export const withAlpha = (pixels: Pixels, alpha: (pixel: number) => number): Pixels => {
  const { width, height, channels } = pixels;
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    data.set(pixels.data.subarray(at * channels, at * channels + 3), at * 4);
    data[at * 4 + 3] = alpha(at);
  }
  return { width, height, channels: 4, data };
};

/** One channel as a grey picture. */
export const channelOf = (frame: Frame, channel: number, without: number): Frame =>
  frameOf(frame.width, frame.height, () => {
    const source = frame.pixels();
    const { width, height, channels } = source;
    const data = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at += 1)
      data.fill(
        channel < channels ? (source.data[at * channels + channel] ?? 0) : without,
        at * 3,
        at * 3 + 3,
      );
    return { width, height, channels: 3, data };
  });

export const digest = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};
