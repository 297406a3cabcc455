import type { Lists } from './nodes/node-class.js';
import type { Storage } from './files.js';

/** The folders of models of a server, and what lies in them where nobody says more. */
const defaults: Readonly<Record<string, readonly string[]>> = {
  checkpoints: [
    'sd_xl_base_1.0.safetensors',
    'v1-5-pruned-emaonly-fp16.safetensors',
    'v1-5-pruned-emaonly.ckpt',
    'v1-5-pruned-emaonly.safetensors',
  ],
  loras: ['detail-tweaker.safetensors', 'lcm-lora-sdv1-5.safetensors'],
  vae: ['ae.safetensors', 'vae-ft-mse-840000-ema-pruned.safetensors'],
  text_encoders: ['clip_l.safetensors', 't5xxl_fp16.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
  diffusion_models: ['flux1-dev.safetensors', 'flux1-schnell.safetensors'],
  clip_vision: ['clip_vision_h.safetensors'],
  style_models: [],
  embeddings: ['EasyNegative.safetensors'],
  diffusers: [],
  vae_approx: [],
  controlnet: ['control_v11p_sd15_canny.pth'],
  gligen: [],
  upscale_models: ['4x-UltraSharp.pth', 'RealESRGAN_x4plus.pth'],
  hypernetworks: [],
  photomaker: [],
  classifiers: [],
  model_patches: [],
  audio_encoders: [],
};

export const modelFolders = (
  given: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> => new Map([...Object.entries(defaults), ...given]);

const kinds: Readonly<Record<'image' | 'video' | 'audio' | 'latent', RegExp>> = {
  image: /\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif|ico)$/i,
  video: /\.(?:mp4|webm|mov|mkv|avi|m4v|gif)$/i,
  audio: /\.(?:mp3|wav|flac|ogg|opus|m4a|aac|mp4|webm|mov|mkv)$/i,
  latent: /\.latent$/i,
};

/** What choices are made of: files are looked for each time (ComfyUI notes, section 8). */
export const listsOf = (
  folders: ReadonlyMap<string, readonly string[]>,
  files: Storage,
  /** Mid-2024 offers every input file for a picture. */
  allKinds: boolean,
): Lists => ({
  models: (folder) => folders.get(folder) ?? [],
  inputs: (kind) =>
    [...files.names('input', '')]
      .filter((name) => allKinds || kinds[kind].test(name))
      .sort((a, b) => (a < b ? -1 : 1)),
  outputs: () => [...files.names('output', '')].filter((name) => kinds.image.test(name)).sort(),
});
