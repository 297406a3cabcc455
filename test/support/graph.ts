/** A small text and image workflow, written by hand: one prompt, one picture, one sampler. */
export const graph = {
  '3': {
    class_type: 'KSampler',
    _meta: { title: 'KSampler' },
    inputs: {
      seed: 156680208700286,
      steps: 20,
      cfg: 7.5,
      sampler_name: 'euler',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
  },
  '4': {
    class_type: 'CheckpointLoaderSimple',
    _meta: { title: 'Load Checkpoint' },
    inputs: { ckpt_name: 'a.safetensors' },
  },
  '5': {
    class_type: 'EmptyLatentImage',
    _meta: { title: 'Size' },
    inputs: { width: 64, height: 64, batch_size: 1 },
  },
  '6': {
    class_type: 'CLIPTextEncode',
    _meta: { title: 'Positive Prompt' },
    inputs: { text: 'a photo', clip: ['4', 1] },
  },
  '7': {
    class_type: 'CLIPTextEncode',
    _meta: { title: 'Negative Prompt' },
    inputs: { text: 'blurry', clip: ['4', 1] },
  },
  '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  '9': {
    class_type: 'SaveImage',
    _meta: { title: 'Save Image' },
    inputs: { filename_prefix: 'test', images: ['8', 0] },
  },
  '10': {
    class_type: 'LoadImage',
    _meta: { title: 'Sketch' },
    inputs: { image: 'example.png' },
  },
} as const;

/** A PNG of one pixel: content enough for an asset; `shade` makes distinct ones. */
export const pixel = (shade: number): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    Buffer.from(`IHDR and so on, shade ${shade}`),
  ]);
