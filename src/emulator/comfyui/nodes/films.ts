import { encodeMp4 } from '../../media/mp4.js';
import { encodeApng } from '../media/apng.js';
import { digest, painted, resized } from '../media/pixels.js';
import { encodeAnimatedWebp } from '../media/webp.js';
import { dict } from '../python/value.js';
import type { Py } from '../python/value.js';
import { data } from '../run/values.js';
import type { Frame } from '../run/values.js';
import type { Work } from '../run/work.js';
import { madeFrom, numberOf, textOf, wanted } from '../run/work.js';
import { choice, combo, flag, float, int, link, pngInfo, text } from './inputs.js';
import type { Inputs, NodeClass, Result } from './node-class.js';
import { saved, savePath } from './save-path.js';
import { textsOf } from './saves.js';

/** Pictures of a film are small here: each of their samples is stored plainly. */
const filmSide = 160;

const mp4Of = (frames: readonly Frame[], fps: number): Buffer => {
  const [first] = frames;
  const { width = 16, height = 16 } = first ?? {};
  const side = (length: number): number =>
    Math.max(32, Math.round(((length / Math.max(width, height)) * filmSide) / 16) * 16);
  const pictures = frames.map((frame) => {
    const small = resized(frame, side(width), side(height)).pixels();
    return { width: small.width, height: small.height, rgb: rgbOf(small.data, small.channels) };
  });
  return encodeMp4(pictures, Math.max(1, Math.round(fps)));
};

const rgbOf = (values: Uint8Array, channels: number): Uint8Array =>
  channels === 3 ? values : values.filter((_, at) => at % 4 !== 3);

const animated = (file: Py): Result => ({
  outputs: [],
  ui: dict({ images: [file], animated: [true] }),
});

const saveFilm = (
  work: Work,
  ending: string,
  size: { readonly width: number; readonly height: number },
  bytes: () => Buffer,
): Result => {
  const prefix = textOf(work, 'filename_prefix', 'ComfyUI');
  const path = savePath(work.files, 'output', prefix, size, work.now());
  return animated(saved(work.files, 'output', path, ending, bytes, work.now()));
};

const fps = float(6, 0.01, 1000, 0.01);
const images = link('IMAGE');

/** A node that writes its pictures as one that moves. */
const savedFilm = (
  ending: string,
  more: Inputs,
  encode: (...of: Parameters<typeof encodeApng>) => Buffer,
): NodeClass => ({
  input: () => ({
    required: { images, filename_prefix: text({ default: 'ComfyUI' }), fps, ...more },
    hidden: pngInfo,
  }),
  output: [],
  isOutput: true,
  category: 'image/animation',
  module: 'comfy_extras.nodes_images',
  run: (work) => {
    const { frames } = wanted(work, 'images', 'image');
    const rate = numberOf(work, 'fps', 6);
    const texts = textsOf(work);
    return saveFilm(work, ending, frames[0] ?? { width: 0, height: 0 }, () =>
      encode(
        frames.map((frame) => frame.pixels()),
        rate,
        texts,
      ),
    );
  },
});

/** Moving pictures. */
export const films: Readonly<Record<string, NodeClass>> = {
  SaveAnimatedWEBP: savedFilm(
    'webp',
    {
      lossless: flag(true),
      quality: int(80, 0, 100),
      method: choice(['default', 'fastest', 'slowest']),
    },
    (pictures, rate) => encodeAnimatedWebp(pictures, 1000 / rate),
  ),
  SaveAnimatedPNG: savedFilm('png', { compress_level: int(4, 0, 9) }, encodeApng),
  CreateVideo: {
    input: () => ({
      required: { images, fps: float(30, 1, 120, 1) },
      optional: { audio: link('AUDIO') },
    }),
    output: ['VIDEO'],
    displayName: 'Create Video',
    category: 'image/video',
    module: 'comfy_extras.nodes_video',
    isNew: true,
    run: (work) => ({
      outputs: [
        {
          is: 'film',
          frames: wanted(work, 'images', 'image').frames,
          fps: numberOf(work, 'fps', 30),
          bytes: null,
          identity: madeFrom(work),
        },
      ],
    }),
  },
  SaveVideo: {
    input: () => ({
      required: {
        video: link('VIDEO'),
        filename_prefix: text({ default: 'video/ComfyUI' }),
        format: combo(['auto', 'mp4'], { default: 'auto' }),
        codec: combo(['auto', 'h264'], { default: 'auto' }),
      },
      hidden: pngInfo,
    }),
    output: [],
    isOutput: true,
    displayName: 'Save Video',
    category: 'image/video',
    module: 'comfy_extras.nodes_video',
    isNew: true,
    run: (work) => {
      const film = wanted(work, 'video', 'film');
      const size = film.frames[0] ?? { width: 0, height: 0 };
      return saveFilm(work, 'mp4', size, film.bytes ?? (() => mp4Of(film.frames, film.fps)));
    },
  },
  GetVideoComponents: {
    input: () => ({ required: { video: link('VIDEO') } }),
    output: ['IMAGE', 'AUDIO', 'FLOAT'],
    outputName: ['images', 'audio', 'fps'],
    displayName: 'Get Video Components',
    category: 'image/video',
    module: 'comfy_extras.nodes_video',
    isNew: true,
    run: (work) => {
      const film = wanted(work, 'video', 'film');
      // Films that were uploaded are not decoded here: pictures after their content stand for them.
      const frames =
        film.frames.length > 0
          ? film.frames
          : Array.from({ length: 8 }, (_, at) => painted(160, 96, '', film.identity, at / 8));
      return {
        outputs: [
          { is: 'image', frames, identity: digest(film.identity, 'images') },
          data(null),
          data(film.fps),
        ],
      };
    },
  },
};
