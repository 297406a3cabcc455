import type { Value } from '../run/values.js';
import type { Work } from '../run/work.js';
import { madeFrom, numberOf, wanted } from '../run/work.js';
import { painted } from '../media/pixels.js';
import { choice, flag, float, int, link, size } from './inputs.js';
import type { NodeClass, Result } from './node-class.js';

type Latent = Extract<Value, { is: 'latent' }>;

const emptyLatent = (work: Work): Result => ({
  outputs: [
    {
      is: 'latent',
      width: numberOf(work, 'width', 512),
      height: numberOf(work, 'height', 512),
      batch: numberOf(work, 'batch_size', 1),
      length: numberOf(work, 'length', 1),
      prompt: '',
      identity: madeFrom(work),
    },
  ],
});

const changed = (work: Work, change: (latent: Latent) => Partial<Latent> = () => ({})): Result => {
  const latent = wanted(work, 'samples', 'latent');
  return { outputs: [{ ...latent, ...change(latent), identity: madeFrom(work) }] };
};

const decoded = (work: Work): Result => {
  const { width, height, batch, length, prompt, identity } = wanted(work, 'samples', 'latent');
  wanted(work, 'vae', 'thing');
  const count = batch * length;
  const frames = Array.from({ length: count }, (_, at) =>
    length > 1
      ? painted(width, height, prompt, identity, at / length)
      : painted(width, height, prompt, `${identity} ${at}`),
  );
  return { outputs: [{ is: 'image', frames, identity: madeFrom(work) }] };
};

const encoded = (work: Work): Result => {
  const pixels = wanted(work, 'pixels', 'image');
  const [first] = pixels.frames;
  return {
    outputs: [
      {
        is: 'latent',
        // Latents are an eighth of the size: what is left over is cut off.
        width: ((first?.width ?? 8) >> 3) << 3,
        height: ((first?.height ?? 8) >> 3) << 3,
        batch: pixels.frames.length,
        length: 1,
        prompt: '',
        identity: madeFrom(work),
      },
    ],
  };
};

const scaleMethods = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'];
const latentInput = { samples: link('LATENT') };
const tile = int(512, 64, 4096, { step: 32n });

/** Latents, and the way between them and pictures. */
export const latents: Readonly<Record<string, NodeClass>> = {
  EmptyLatentImage: {
    input: () => ({
      required: { width: size(512, 16, 8), height: size(512, 16, 8), batch_size: int(1, 1, 4096) },
    }),
    output: ['LATENT'],
    displayName: 'Empty Latent Image',
    category: 'latent',
    run: emptyLatent,
  },
  EmptySD3LatentImage: {
    input: () => ({
      required: {
        width: size(1024, 16, 16),
        height: size(1024, 16, 16),
        batch_size: int(1, 1, 4096),
      },
    }),
    output: ['LATENT'],
    category: 'latent/sd3',
    module: 'comfy_extras.nodes_sd3',
    isNew: true,
    run: emptyLatent,
  },
  EmptyHunyuanLatentVideo: {
    input: () => ({
      required: {
        width: size(848, 16, 16),
        height: size(480, 16, 16),
        length: int(25, 1, 16_384, { step: 4n }),
        batch_size: int(1, 1, 4096),
      },
    }),
    output: ['LATENT'],
    category: 'latent/video',
    module: 'comfy_extras.nodes_hunyuan',
    isNew: true,
    run: emptyLatent,
  },
  VAEDecode: {
    input: () => ({ required: { ...latentInput, vae: link('VAE') } }),
    output: ['IMAGE'],
    displayName: 'VAE Decode',
    category: 'latent',
    run: decoded,
  },
  VAEDecodeTiled: {
    input: () => ({
      required: {
        ...latentInput,
        vae: link('VAE'),
        tile_size: tile,
        overlap: int(64, 0, 4096, { step: 32n }),
        temporal_size: int(64, 8, 4096, { step: 4n }),
        temporal_overlap: int(8, 4, 4096, { step: 4n }),
      },
    }),
    output: ['IMAGE'],
    displayName: 'VAE Decode (Tiled)',
    category: '_for_testing',
    run: decoded,
  },
  VAEEncode: {
    input: () => ({ required: { pixels: link('IMAGE'), vae: link('VAE') } }),
    output: ['LATENT'],
    displayName: 'VAE Encode',
    category: 'latent',
    run: encoded,
  },
  VAEEncodeForInpaint: {
    input: () => ({
      required: {
        pixels: link('IMAGE'),
        vae: link('VAE'),
        mask: link('MASK'),
        grow_mask_by: int(6, 0, 64, { step: 1n }),
      },
    }),
    output: ['LATENT'],
    displayName: 'VAE Encode (for Inpainting)',
    category: 'latent/inpaint',
    run: encoded,
  },
  SetLatentNoiseMask: {
    input: () => ({ required: { ...latentInput, mask: link('MASK') } }),
    output: ['LATENT'],
    displayName: 'Set Latent Noise Mask',
    category: 'latent/inpaint',
    run: (work) => changed(work),
  },
  LatentUpscale: {
    input: () => ({
      required: {
        ...latentInput,
        upscale_method: choice(scaleMethods),
        width: size(512, 0, 8),
        height: size(512, 0, 8),
        crop: choice(['disabled', 'center']),
      },
    }),
    output: ['LATENT'],
    displayName: 'Upscale Latent',
    category: 'latent',
    run: (work) =>
      changed(work, ({ width, height }) => {
        const [wide, high] = [numberOf(work, 'width', 0), numberOf(work, 'height', 0)];
        if (wide === 0 && high === 0) return {};
        return {
          width: Math.max(64, wide === 0 ? Math.round((width * high) / height) : wide),
          height: Math.max(64, high === 0 ? Math.round((height * wide) / width) : high),
        };
      }),
  },
  LatentUpscaleBy: {
    input: () => ({
      required: {
        ...latentInput,
        upscale_method: choice(scaleMethods),
        scale_by: float(1.5, 0.01, 8, 0.01),
      },
    }),
    output: ['LATENT'],
    displayName: 'Upscale Latent By',
    category: 'latent',
    run: (work) =>
      changed(work, ({ width, height }) => {
        const by = numberOf(work, 'scale_by', 1.5);
        return {
          width: Math.max(8, Math.round((width / 8) * by) * 8),
          height: Math.max(8, Math.round((height / 8) * by) * 8),
        };
      }),
  },
  LatentFromBatch: {
    input: () => ({
      required: { ...latentInput, batch_index: int(0, 0, 63), length: int(1, 1, 64) },
    }),
    output: ['LATENT'],
    displayName: 'Latent From Batch',
    category: 'latent/batch',
    run: (work) =>
      changed(work, ({ batch }) => ({
        batch: Math.max(1, Math.min(batch, numberOf(work, 'length', 1))),
      })),
  },
  RepeatLatentBatch: {
    input: () => ({ required: { ...latentInput, amount: int(1, 1, 64) } }),
    output: ['LATENT'],
    displayName: 'Repeat Latent Batch',
    category: 'latent/batch',
    run: (work) => changed(work, ({ batch }) => ({ batch: batch * numberOf(work, 'amount', 1) })),
  },
  InpaintModelConditioning: {
    input: () => ({
      required: {
        positive: link('CONDITIONING'),
        negative: link('CONDITIONING'),
        vae: link('VAE'),
        pixels: link('IMAGE'),
        mask: link('MASK'),
        noise_mask: flag(true),
      },
    }),
    output: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
    outputName: ['positive', 'negative', 'latent'],
    category: 'conditioning/inpaint',
    run: (work) => ({
      outputs: [
        wanted(work, 'positive', 'text'),
        wanted(work, 'negative', 'text'),
        ...encoded(work).outputs,
      ],
    }),
  },
};
