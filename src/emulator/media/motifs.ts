import type { Canvas, Rgb } from './canvas.js';
import { colour, mix } from './canvas.js';

/** What a motif paints on, and what it follows from. */
interface Scene {
  readonly canvas: Canvas;
  readonly random: () => number;
  /** In turns. */
  readonly hue: number;
  /** 0 to 1 through a video. */
  readonly time: number;
}

type Motif = (scene: Scene) => void;

const turn = 2 * Math.PI;

const glow = (canvas: Canvas, x: number, y: number, radius: number, light: Rgb): void => {
  for (let ring = 4; ring >= 1; ring -= 1)
    canvas.disc(x, y, radius * (1 + ring * 0.45), light, 0.1);
  canvas.disc(x, y, radius, light);
};

/** A smooth line: three waves, `height` high around `middle`, in shares of the picture. */
const ridge = (
  { canvas, random }: Scene,
  middle: number,
  height: number,
): ((x: number) => number) => {
  const waves = [0, 1, 2].map((octave) => ({
    frequency: (2 + 3 * random()) * 2.1 ** octave,
    phase: turn * random(),
    height: height / 2 ** octave,
  }));
  return (x) => {
    let level = middle;
    for (const wave of waves)
      level += wave.height * Math.sin(wave.frequency * (x / canvas.width) * 2 + wave.phase);
    return level * canvas.height;
  };
};

const mountains: Motif = (scene) => {
  const { canvas, random, hue, time } = scene;
  const size = Math.min(canvas.width, canvas.height);
  const dusk = random();
  const horizon = colour(hue + 0.06 + 0.12 * dusk, 0.7, 0.78);
  canvas.gradient(colour(hue + 0.5 * dusk - 0.2, 0.5, 0.36 + 0.25 * random()), horizon);
  const x = (0.15 + 0.7 * random() + 0.1 * time) * canvas.width;
  glow(canvas, x, (0.18 + 0.25 * random()) * canvas.height, size * 0.08, colour(hue + 0.1, 1, 0.9));
  for (let layer = 0; layer < 5; layer += 1) {
    const near = (layer + 1) / 5;
    const dark = colour(hue + 0.06 * random(), 0.4, 0.42 - 0.32 * near);
    const edge = ridge(scene, 0.48 + 0.11 * layer, 0.06 - 0.004 * layer);
    canvas.below(edge, mix(horizon, dark, 0.3 + 0.65 * near), mix(horizon, dark, near));
  }
};

const sea: Motif = ({ canvas, random, hue, time }) => {
  const { width, height } = canvas;
  const line = height * (0.45 + 0.15 * random());
  const warm = colour(hue + 0.45, 0.85, 0.72);
  canvas.gradient(colour(hue, 0.5, 0.45), warm, 0, line);
  const x = width * (0.25 + 0.5 * random());
  const radius = Math.min(width, height) * (0.1 + 0.08 * random());
  glow(canvas, x, line - radius * (0.9 - 1.2 * random()) + radius * time, radius, warm);
  canvas.gradient(colour(hue, 0.55, 0.4), colour(hue + 0.03, 0.6, 0.16), line, height);
  for (let bar = 0; bar < 22; bar += 1) {
    const depth = (bar + random()) / 22;
    const half = radius * (1.3 - 0.7 * depth) * (0.35 + 0.9 * random());
    const shift = radius * 0.35 * Math.sin(turn * (time + random()));
    const y = line + 3 + (height - line) * depth ** 1.3;
    canvas.rectangle(
      x - half + shift,
      y,
      2 * half,
      1 + 3.5 * depth,
      mix(warm, [255, 255, 255], 0.2),
    );
  }
};

const tiles: Motif = ({ canvas, random, hue, time }) => {
  const { width, height } = canvas;
  const across = 4 + Math.floor(3 * random());
  const side = Math.ceil(width / across);
  const palette = [
    colour(hue, 0.65, 0.55),
    colour(hue + 0.08, 0.55, 0.3),
    colour(hue + 0.5, 0.7, 0.6),
    colour(hue + 0.12, 0.4, 0.86),
    colour(hue + 0.58, 0.35, 0.2),
  ];
  const pick = (): Rgb => palette[Math.floor(palette.length * random())] ?? [0, 0, 0];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const clip = { left, top, right: left + side, bottom: top + side };
      canvas.rectangle(left, top, side, side, pick());
      const corner = Math.floor(4 * random() + 4 * time) % 4;
      const [x, y] = [left + (corner % 2) * side, top + (corner >> 1) * side];
      const whole = random() < 0.3;
      const [at, down] = whole ? [left + side / 2, top + side / 2] : [x, y];
      canvas.disc(at, down, whole ? side * 0.4 : side, pick(), 1, clip);
      if (random() < 0.6) canvas.disc(at, down, side * (whole ? 0.2 : 0.55), pick(), 1, clip);
    }
};

const city: Motif = (scene) => {
  const { canvas, random, hue, time } = scene;
  const { width, height } = canvas;
  const night = colour(hue, 0.6, 0.14);
  const low = colour(hue + 0.9, 0.6, 0.55);
  canvas.gradient(night, low);
  glow(canvas, width * random(), height * (0.12 + 0.2 * random()), width * 0.05, [250, 245, 230]);
  for (let layer = 0; layer < 3; layer += 1) {
    const body = mix(low, night, 0.35 + 0.3 * layer);
    const lamp = colour(hue + 0.15, 0.9, 0.72);
    for (let left = 0; left < width;) {
      const wide = width * (0.05 + 0.07 * random());
      const top = height * (0.3 + 0.16 * layer + 0.22 * random());
      canvas.rectangle(left, top, wide, height - top, body);
      const step = Math.max(4, width * 0.014);
      for (let y = top + step; layer > 0 && y < height - step; y += step * 1.6)
        for (let x = left + step / 2; x < left + wide - step; x += step * 1.25)
          if (random() < 0.3 + 0.2 * Math.sin(turn * time))
            canvas.rectangle(x, y, step * 0.55, step * 0.8, lamp);
      left += wide;
    }
  }
};

const meadow: Motif = (scene) => {
  const { canvas, random, hue, time } = scene;
  const { width, height } = canvas;
  canvas.gradient(colour(hue + 0.52, 0.55, 0.72), colour(hue + 0.45, 0.6, 0.93));
  for (let cloud = 0; cloud < 4; cloud += 1) {
    const x = width * (random() + 0.2 * time);
    const y = height * (0.1 + 0.3 * random());
    for (let puff = 0; puff < 5; puff += 1)
      canvas.disc(
        x + width * 0.045 * (puff - 2),
        y + height * 0.015 * random(),
        width * (0.03 + 0.025 * random()),
        [255, 255, 255],
        0.55,
      );
  }
  for (let layer = 0; layer < 3; layer += 1) {
    const ground = colour(hue, 0.45, 0.56 - 0.14 * layer);
    canvas.below(ridge(scene, 0.58 + 0.15 * layer, 0.04), ground, mix(ground, [0, 0, 0], 0.25));
    for (let flower = 0; flower < 26; flower += 1) {
      const y = height * (0.68 + 0.14 * layer + 0.12 * random());
      const size = width * (0.005 + 0.004 * layer) * (0.7 + random());
      const petal = colour(hue + 0.4 + 0.35 * random(), 0.85, 0.7);
      const x = width * random();
      canvas.disc(x, y, size, petal);
      canvas.disc(x, y, size * 0.4, [255, 250, 220]);
    }
  }
};

const orbits: Motif = ({ canvas, random, hue, time }) => {
  const { width, height } = canvas;
  const size = Math.min(width, height);
  canvas.gradient(colour(hue, 0.5, 0.1), colour(hue + 0.1, 0.55, 0.24));
  for (let star = 0; star < 140; star += 1)
    canvas.disc(
      width * random(),
      height * random(),
      size * 0.0025 * (0.4 + random()),
      [235, 235, 250],
    );
  const [x, y] = [width * (0.35 + 0.3 * random()), height * (0.35 + 0.3 * random())];
  for (let ring = 6; ring >= 1; ring -= 1) {
    const radius = size * (0.06 + 0.075 * ring);
    canvas.disc(x, y, radius, colour(hue + 0.07 * ring, 0.6, 0.5), 0.16);
    const angle = turn * (random() + time / ring);
    const planet = colour(hue + 0.3 + 0.1 * ring * random(), 0.75, 0.62);
    const [px, py] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    canvas.disc(px, py, size * (0.012 + 0.03 * random()), planet);
  }
  glow(canvas, x, y, size * 0.07, colour(hue + 0.14, 1, 0.85));
};

export const motifs: readonly Motif[] = [mountains, sea, tiles, city, meadow, orbits];
