import type { Work } from '../run/work.js';
import { madeFrom } from '../run/work.js';
import { choice, flag, float, int, link } from './inputs.js';
import type { Inputs, Lists, NodeClass, Result } from './node-class.js';

const pythonNames: Readonly<Record<string, string>> = {
  MODEL: 'comfy.model_patcher.ModelPatcher',
  CLIP: 'comfy.sd.CLIP',
  VAE: 'comfy.sd.VAE',
  CONTROL_NET: 'comfy.controlnet.ControlNet',
};

/** One thing for each output. */
export const things =
  (...types: readonly string[]) =>
  (work: Work): Result => ({
    outputs: types.map((type, slot) => ({
      is: 'thing',
      name: pythonNames[type] ?? `comfy.${type.toLowerCase()}`,
      identity: `${madeFrom(work)} ${slot}`,
    })),
  });

const loader = (
  category: string,
  output: readonly string[],
  input: (lists: Lists) => Inputs,
  more: Partial<NodeClass> = {},
): NodeClass => ({
  input: (lists) => ({ required: input(lists) }),
  output,
  category,
  run: things(...output),
  ...more,
});

const strength = float(1, -100, 100, 0.01);
const clipTypes = ['stable_diffusion', 'stable_cascade', 'sd3', 'stable_audio'];
const newerClipTypes = [
  ...[...clipTypes, 'mochi', 'ltxv', 'pixart', 'cosmos', 'lumina2', 'wan', 'hidream', 'chroma'],
  ...['ace', 'omnigen2', 'qwen_image', 'hunyuan_image'],
];

/** Models from the disk. */
export const loaders: Readonly<Record<string, NodeClass>> = {
  CheckpointLoaderSimple: loader(
    'loaders',
    ['MODEL', 'CLIP', 'VAE'],
    (lists) => ({ ckpt_name: choice(lists.models('checkpoints')) }),
    { displayName: 'Load Checkpoint' },
  ),
  VAELoader: loader('loaders', ['VAE'], (lists) => ({ vae_name: choice(lists.models('vae')) }), {
    displayName: 'Load VAE',
  }),
  LoraLoader: loader(
    'loaders',
    ['MODEL', 'CLIP'],
    (lists) => ({
      model: link('MODEL'),
      clip: link('CLIP'),
      lora_name: choice(lists.models('loras')),
      strength_model: strength,
      strength_clip: strength,
    }),
    { displayName: 'Load LoRA' },
  ),
  LoraLoaderModelOnly: loader(
    'loaders',
    ['MODEL'],
    (lists) => ({
      model: link('MODEL'),
      lora_name: choice(lists.models('loras')),
      strength_model: strength,
    }),
    { displayName: 'LoraLoaderModelOnly' },
  ),
  UNETLoader: loader(
    'advanced/loaders',
    ['MODEL'],
    (lists) => ({
      unet_name: choice(lists.models('diffusion_models')),
      weight_dtype: choice(['default', 'fp8_e4m3fn', 'fp8_e4m3fn_fast', 'fp8_e5m2']),
    }),
    { displayName: 'Load Diffusion Model' },
  ),
  CLIPLoader: {
    ...loader('advanced/loaders', ['CLIP'], () => ({})),
    input: (lists) => ({
      required: {
        clip_name: choice(lists.models('text_encoders')),
        type: choice(newerClipTypes),
      },
      optional: { device: choice(['default', 'cpu'], { advanced: true }) },
    }),
    displayName: 'Load CLIP',
  },
  DualCLIPLoader: {
    ...loader('advanced/loaders', ['CLIP'], () => ({})),
    input: (lists) => ({
      required: {
        clip_name1: choice(lists.models('text_encoders')),
        clip_name2: choice(lists.models('text_encoders')),
        type: choice(['sdxl', 'sd3', 'flux', 'hunyuan_video', 'hidream', 'hunyuan_image']),
      },
      optional: { device: choice(['default', 'cpu'], { advanced: true }) },
    }),
    displayName: 'DualCLIPLoader',
  },
  TripleCLIPLoader: loader(
    'advanced/loaders',
    ['CLIP'],
    (lists) => ({
      clip_name1: choice(lists.models('text_encoders')),
      clip_name2: choice(lists.models('text_encoders')),
      clip_name3: choice(lists.models('text_encoders')),
    }),
    { isNew: true, module: 'comfy_extras.nodes_sd3' },
  ),
  ControlNetLoader: loader(
    'loaders',
    ['CONTROL_NET'],
    (lists) => ({ control_net_name: choice(lists.models('controlnet')) }),
    { displayName: 'Load ControlNet Model' },
  ),
  CLIPVisionLoader: loader(
    'loaders',
    ['CLIP_VISION'],
    (lists) => ({ clip_name: choice(lists.models('clip_vision')) }),
    { displayName: 'Load CLIP Vision' },
  ),
  StyleModelLoader: loader(
    'loaders',
    ['STYLE_MODEL'],
    (lists) => ({ style_model_name: choice(lists.models('style_models')) }),
    { displayName: 'Load Style Model' },
  ),
  UpscaleModelLoader: loader(
    'loaders',
    ['UPSCALE_MODEL'],
    (lists) => ({ model_name: choice(lists.models('upscale_models')) }),
    { displayName: 'Load Upscale Model', module: 'comfy_extras.nodes_upscale_model' },
  ),
  CLIPSetLastLayer: loader(
    'conditioning',
    ['CLIP'],
    () => ({ clip: link('CLIP'), stop_at_clip_layer: int(-1, -24, -1, { step: 1n }) }),
    { displayName: 'CLIP Set Last Layer' },
  ),
  ModelSamplingDiscrete: loader(
    'advanced/model',
    ['MODEL'],
    () => ({
      model: link('MODEL'),
      sampling: choice(['eps', 'v_prediction', 'lcm', 'x0', 'img_to_img']),
      zsnr: flag(false),
    }),
    { module: 'comfy_extras.nodes_model_advanced' },
  ),
  ModelSamplingSD3: loader(
    'advanced/model',
    ['MODEL'],
    () => ({ model: link('MODEL'), shift: float(3, 0, 100, 0.01) }),
    { module: 'comfy_extras.nodes_model_advanced', isNew: true },
  ),
  ModelSamplingAuraFlow: loader(
    'advanced/model',
    ['MODEL'],
    () => ({ model: link('MODEL'), shift: float(1.73, 0, 100, 0.01) }),
    { module: 'comfy_extras.nodes_model_advanced', isNew: true },
  ),
  FreeU_V2: loader(
    'model_patches/unet',
    ['MODEL'],
    () => ({
      model: link('MODEL'),
      b1: float(1.3, 0, 10, 0.01),
      b2: float(1.4, 0, 10, 0.01),
      s1: float(0.9, 0, 10, 0.01),
      s2: float(0.2, 0, 10, 0.01),
    }),
    { module: 'comfy_extras.nodes_freelunch' },
  ),
};
