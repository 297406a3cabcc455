import { channelOf, mapped, plainColour, resized } from '../media/pixels.js';
import type { Frame } from '../run/values.js';
import type { Work } from '../run/work.js';
import { madeFrom, numberOf, textOf, wanted } from '../run/work.js';
import { choice, float, int, link, size } from './inputs.js';
import type { Inputs, NodeClass, Result } from './node-class.js';

const imageOf = (work: Work, frames: readonly Frame[]): Result => ({
  outputs: [{ is: 'image', frames, identity: madeFrom(work) }],
});

const each = (work: Work, change: (frame: Frame) => Frame): Result =>
  imageOf(work, wanted(work, 'image', 'image').frames.map(change));

const picture = (
  category: string,
  required: Inputs,
  run: NodeClass['run'],
  more: Partial<NodeClass> = {},
): NodeClass => ({
  input: () => ({ required }),
  output: ['IMAGE'],
  category,
  run,
  ...more,
});

const methods = choice(['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']);
const image = link('IMAGE');
const extra = 'comfy_extras.nodes_images';

/** The part of a picture in the middle that has the proportions of another one. */
const middle = ({ width, height }: Frame, wide: number, high: number) => {
  const ratio = wide / high;
  const [w, h] =
    width / height > ratio
      ? [Math.round(height * ratio), height]
      : [width, Math.round(width / ratio)];
  return {
    x: (width - w) >> 1,
    y: (height - h) >> 1,
    width: Math.max(1, w),
    height: Math.max(1, h),
  };
};

/** Pictures made from pictures. */
export const pictures: Readonly<Record<string, NodeClass>> = {
  EmptyImage: picture(
    'image',
    {
      width: size(512, 1, 1),
      height: size(512, 1, 1),
      batch_size: int(1, 1, 4096),
      color: int(0, 0, 0xffffff, { step: 1n, display: 'color' }),
    },
    (work) => {
      const frame = plainColour(
        numberOf(work, 'width', 512),
        numberOf(work, 'height', 512),
        numberOf(work, 'color', 0),
      );
      return imageOf(work, Array<Frame>(numberOf(work, 'batch_size', 1)).fill(frame));
    },
  ),
  ImageScale: picture(
    'image/upscaling',
    {
      image,
      upscale_method: methods,
      width: size(512, 0, 1),
      height: size(512, 0, 1),
      crop: choice(['disabled', 'center']),
    },
    (work) =>
      each(work, (frame) => {
        const [wide, high] = [numberOf(work, 'width', 0), numberOf(work, 'height', 0)];
        if (wide === 0 && high === 0) return frame;
        const width =
          wide === 0 ? Math.max(1, Math.round((frame.width * high) / frame.height)) : wide;
        const height =
          high === 0 ? Math.max(1, Math.round((frame.height * wide) / frame.width)) : high;
        return textOf(work, 'crop') === 'center'
          ? resized(frame, width, height, middle(frame, width, height))
          : resized(frame, width, height);
      }),
    { displayName: 'Upscale Image' },
  ),
  ImageScaleBy: picture(
    'image/upscaling',
    { image, upscale_method: methods, scale_by: float(1, 0.01, 8, 0.01) },
    (work) =>
      each(work, (frame) => {
        const by = numberOf(work, 'scale_by', 1);
        return resized(frame, Math.round(frame.width * by), Math.round(frame.height * by));
      }),
    { displayName: 'Upscale Image By' },
  ),
  ImageScaleToTotalPixels: picture(
    'image/upscaling',
    { image, upscale_method: methods, megapixels: float(1, 0.01, 16, 0.01) },
    (work) =>
      each(work, (frame) => {
        const wanted = numberOf(work, 'megapixels', 1) * 1024 * 1024;
        const by = Math.sqrt(wanted / (frame.width * frame.height));
        return resized(frame, Math.round(frame.width * by), Math.round(frame.height * by));
      }),
    { module: 'comfy_extras.nodes_post_processing' },
  ),
  ImageInvert: picture(
    'image',
    { image },
    (work) => each(work, (frame) => mapped(frame, (value) => 255 - value)),
    { displayName: 'Invert Image' },
  ),
  ImageBatch: picture(
    'image',
    { image1: image, image2: image },
    (work) => {
      const first = wanted(work, 'image1', 'image').frames;
      const second = wanted(work, 'image2', 'image').frames;
      const [{ width, height }] = [first[0] ?? { width: 1, height: 1 }];
      return imageOf(work, [
        ...first,
        ...second.map((frame) =>
          frame.width === width && frame.height === height
            ? frame
            : resized(frame, width, height, middle(frame, width, height)),
        ),
      ]);
    },
    { displayName: 'Batch Images' },
  ),
  ImagePadForOutpaint: {
    input: () => ({
      required: {
        image,
        left: size(0, 0, 8),
        top: size(0, 0, 8),
        right: size(0, 0, 8),
        bottom: size(0, 0, 8),
        feathering: size(40, 0, 1),
      },
    }),
    output: ['IMAGE', 'MASK'],
    displayName: 'Pad Image for Outpainting',
    category: 'image',
    run: (work) => {
      const { frames } = wanted(work, 'image', 'image');
      const more = (a: string, b: string): number => numberOf(work, a, 0) + numberOf(work, b, 0);
      const padded = frames.map((frame) =>
        resized(frame, frame.width + more('left', 'right'), frame.height + more('top', 'bottom')),
      );
      return {
        outputs: [
          { is: 'image', frames: padded, identity: madeFrom(work) },
          {
            is: 'mask',
            frames: padded.map(({ width, height }) => plainColour(width, height, 0xffffff)),
            identity: `${madeFrom(work)} mask`,
          },
        ],
      };
    },
  },
  ImageCrop: picture(
    'image/transform',
    {
      image,
      width: size(512, 1, 1),
      height: size(512, 1, 1),
      x: size(0, 0, 1),
      y: size(0, 0, 1),
    },
    (work) =>
      each(work, (frame) => {
        const x = Math.min(numberOf(work, 'x', 0), frame.width - 1);
        const y = Math.min(numberOf(work, 'y', 0), frame.height - 1);
        const width = Math.min(numberOf(work, 'width', 512), frame.width - x);
        const height = Math.min(numberOf(work, 'height', 512), frame.height - y);
        return resized(frame, width, height, { x, y, width, height });
      }),
    { displayName: 'Image Crop', module: extra },
  ),
  RepeatImageBatch: picture(
    'image/batch',
    { image, amount: int(1, 1, 4096) },
    (work) => {
      const { frames } = wanted(work, 'image', 'image');
      return imageOf(
        work,
        Array.from({ length: numberOf(work, 'amount', 1) }, () => frames).flat(),
      );
    },
    { module: extra },
  ),
  ImageFromBatch: picture(
    'image/batch',
    { image, batch_index: int(0, 0, 4095), length: int(1, 1, 4096) },
    (work) => {
      const { frames } = wanted(work, 'image', 'image');
      const from = Math.min(frames.length - 1, numberOf(work, 'batch_index', 0));
      return imageOf(work, frames.slice(from, from + numberOf(work, 'length', 1)));
    },
    { module: extra },
  ),
  ImageUpscaleWithModel: picture(
    'image/upscaling',
    { upscale_model: link('UPSCALE_MODEL'), image },
    (work) => {
      wanted(work, 'upscale_model', 'thing');
      return each(work, (frame) => resized(frame, frame.width * 4, frame.height * 4));
    },
    { displayName: 'Upscale Image (using Model)', module: 'comfy_extras.nodes_upscale_model' },
  ),
  ImageBlur: picture(
    'image/postprocessing',
    { image, blur_radius: int(1, 1, 31, { step: 1n }), sigma: float(1, 0.1, 10, 0.1) },
    (work) => each(work, (frame) => frame),
    { module: 'comfy_extras.nodes_post_processing' },
  ),
  ImageSharpen: picture(
    'image/postprocessing',
    {
      image,
      sharpen_radius: int(1, 1, 31, { step: 1n }),
      sigma: float(1, 0.1, 10, 0.01),
      alpha: float(1, 0, 5, 0.01),
    },
    (work) => each(work, (frame) => frame),
    { module: 'comfy_extras.nodes_post_processing' },
  ),
  MaskToImage: picture(
    'mask',
    { mask: link('MASK') },
    (work) => imageOf(work, wanted(work, 'mask', 'mask').frames),
    { displayName: 'Convert Mask to Image', module: 'comfy_extras.nodes_mask' },
  ),
  ImageToMask: {
    input: () => ({
      required: { image, channel: choice(['red', 'green', 'blue', 'alpha']) },
    }),
    output: ['MASK'],
    displayName: 'Convert Image to Mask',
    category: 'mask',
    module: 'comfy_extras.nodes_mask',
    run: (work) => {
      const channel = ['red', 'green', 'blue', 'alpha'].indexOf(textOf(work, 'channel'));
      const { frames } = wanted(work, 'image', 'image');
      return {
        outputs: [
          {
            is: 'mask',
            frames: frames.map((frame) => channelOf(frame, channel, 255)),
            identity: madeFrom(work),
          },
        ],
      };
    },
  },
  InvertMask: {
    input: () => ({ required: { mask: link('MASK') } }),
    output: ['MASK'],
    category: 'mask',
    module: 'comfy_extras.nodes_mask',
    run: (work) => ({
      outputs: [
        {
          is: 'mask',
          frames: wanted(work, 'mask', 'mask').frames.map((frame) =>
            mapped(frame, (value) => 255 - value),
          ),
          identity: madeFrom(work),
        },
      ],
    }),
  },
  SolidMask: {
    input: () => ({
      required: { value: float(1, 0, 1, 0.01), width: size(512, 1, 1), height: size(512, 1, 1) },
    }),
    output: ['MASK'],
    category: 'mask',
    module: 'comfy_extras.nodes_mask',
    run: (work) => {
      const level = Math.round(numberOf(work, 'value', 1) * 255);
      const frame = plainColour(
        numberOf(work, 'width', 512),
        numberOf(work, 'height', 512),
        level * 0x010101,
      );
      return { outputs: [{ is: 'mask', frames: [frame], identity: madeFrom(work) }] };
    },
  },
};
