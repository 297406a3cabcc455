import { createHash } from 'node:crypto';
import { seeded } from '../random.js';
import type { Picture } from './canvas.js';
import { Canvas } from './canvas.js';
import { motifs } from './motifs.js';

/**
 * A picture for a gallery: the prompt gives the hue and the motif, everything that the result
 * depends on (`identity`: seeds, steps, other nodes) gives the composition. The same inputs paint
 * the same picture. `time` moves it, 0 to 1, for the frames of a video.
 */
export const paint = (
  width: number,
  height: number,
  prompt: string,
  identity: string,
  time = 0,
): Picture => {
  const words = numberOf(prompt);
  const canvas = new Canvas(width, height);
  const motif = motifs[words % motifs.length];
  motif?.({
    canvas,
    random: seeded(numberOf(identity)),
    hue: hueNamed(prompt) ?? (words >>> 8) / 0x1_000_000,
    time,
  });
  return canvas;
};

const numberOf = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE();

/** A colour that the prompt names is the picture's colour. */
const hueNamed = (prompt: string): number | null => {
  const found = hues
    .map(([pattern, hue]) => ({ at: prompt.search(pattern), hue }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return found[0]?.hue ?? null;
};

const hues: readonly (readonly [RegExp, number])[] = [
  [/\b(?:red|crimson|scarlet|rose)\b|红/i, 0.99],
  [/\b(?:orange|amber|autumn|copper)\b|橙/i, 0.07],
  [/\b(?:gold|golden|yellow|sunny|desert)\b|黄|金色/i, 0.12],
  [/\b(?:green|forest|jungle|emerald|moss)\b|绿/i, 0.36],
  [/\b(?:teal|turquoise|cyan)\b|青/i, 0.48],
  [/\b(?:blue|ocean|sea|sky|winter)\b|蓝|海/i, 0.58],
  [/\b(?:purple|violet|lavender)\b|紫/i, 0.76],
  [/\b(?:pink|magenta|cherry)\b|粉/i, 0.9],
];
