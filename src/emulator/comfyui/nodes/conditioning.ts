import type { Work } from '../run/work.js';
import { madeFrom, textOf } from '../run/work.js';
import { float, int, link, prompts, size } from './inputs.js';
import type { Inputs, NodeClass, Result } from './node-class.js';

/** The longest text among what a node was given, itself or by others. */
export const promptOf = ({ inputs }: Work): string => {
  let longest = '';
  for (const [name, value] of inputs) {
    const text =
      value.is === 'text' || value.is === 'latent'
        ? value.prompt
        : value.is === 'data' && typeof value.data === 'string' && /text|prompt/.test(name)
          ? value.data
          : '';
    // The positive one is what a picture is of.
    if (text.length > longest.length && !/negative/.test(name)) longest = text;
  }
  return longest;
};

const encoded = (work: Work): Result => ({
  outputs: [{ is: 'text', prompt: promptOf(work), identity: madeFrom(work) }],
});

const conditioning = (
  category: string,
  required: Inputs,
  more: Partial<NodeClass> = {},
): NodeClass => ({
  input: () => ({ required }),
  output: ['CONDITIONING'],
  category,
  run: encoded,
  ...more,
});

const one = link('CONDITIONING');
const share = float(1, 0, 1, 0.01);

/** Texts and what steers a sampler. */
export const conditionings: Readonly<Record<string, NodeClass>> = {
  CLIPTextEncode: conditioning(
    'conditioning',
    { text: prompts, clip: link('CLIP') },
    {
      displayName: 'CLIP Text Encode (Prompt)',
      run: (work) => ({
        outputs: [{ is: 'text', prompt: textOf(work, 'text'), identity: madeFrom(work) }],
      }),
    },
  ),
  CLIPTextEncodeSDXL: conditioning(
    'advanced/conditioning',
    {
      clip: link('CLIP'),
      width: size(1024, 0, 1),
      height: size(1024, 0, 1),
      crop_w: size(0, 0, 1),
      crop_h: size(0, 0, 1),
      target_width: size(1024, 0, 1),
      target_height: size(1024, 0, 1),
      text_g: prompts,
      text_l: prompts,
    },
    { module: 'comfy_extras.nodes_clip_sdxl' },
  ),
  CLIPTextEncodeFlux: conditioning(
    'advanced/conditioning/flux',
    {
      clip: link('CLIP'),
      clip_l: prompts,
      t5xxl: prompts,
      guidance: float(3.5, 0, 100, 0.1),
    },
    {
      isNew: true,
      module: 'comfy_extras.nodes_flux',
      run: (work) => ({
        outputs: [{ is: 'text', prompt: textOf(work, 't5xxl'), identity: madeFrom(work) }],
      }),
    },
  ),
  FluxGuidance: conditioning(
    'advanced/conditioning/flux',
    { conditioning: one, guidance: float(3.5, 0, 100, 0.1) },
    { isNew: true, module: 'comfy_extras.nodes_flux' },
  ),
  ConditioningCombine: conditioning(
    'conditioning',
    { conditioning_1: one, conditioning_2: one },
    { displayName: 'Conditioning (Combine)' },
  ),
  ConditioningConcat: conditioning(
    'conditioning',
    { conditioning_to: one, conditioning_from: one },
    { displayName: 'Conditioning (Concat)' },
  ),
  ConditioningAverage: conditioning(
    'conditioning',
    { conditioning_to: one, conditioning_from: one, conditioning_to_strength: share },
    { displayName: 'Conditioning (Average)' },
  ),
  ConditioningZeroOut: conditioning('advanced/conditioning', { conditioning: one }),
  ConditioningSetArea: conditioning(
    'conditioning',
    {
      conditioning: one,
      width: size(64, 64, 8),
      height: size(64, 64, 8),
      x: size(0, 0, 8),
      y: size(0, 0, 8),
      strength: float(1, 0, 10, 0.01),
    },
    { displayName: 'Conditioning (Set Area)' },
  ),
  ConditioningSetTimestepRange: conditioning('advanced/conditioning', {
    conditioning: one,
    start: float(0, 0, 1, 0.001),
    end: float(1, 0, 1, 0.001),
  }),
  ControlNetApply: conditioning(
    'conditioning/controlnet',
    {
      conditioning: one,
      control_net: link('CONTROL_NET'),
      image: link('IMAGE'),
      strength: float(1, 0, 10, 0.01),
    },
    { displayName: 'Apply ControlNet (OLD)' },
  ),
  ControlNetApplyAdvanced: {
    input: () => ({
      required: {
        positive: one,
        negative: one,
        control_net: link('CONTROL_NET'),
        image: link('IMAGE'),
        strength: float(1, 0, 10, 0.01),
        start_percent: float(0, 0, 1, 0.001),
        end_percent: float(1, 0, 1, 0.001),
      },
      optional: { vae: link('VAE') },
    }),
    output: ['CONDITIONING', 'CONDITIONING'],
    outputName: ['positive', 'negative'],
    displayName: 'Apply ControlNet',
    category: 'conditioning/controlnet',
    run: (work) => ({
      outputs: ['positive', 'negative'].map((name) => {
        const given = work.inputs.get(name);
        return {
          is: 'text',
          prompt: given?.is === 'text' ? given.prompt : '',
          identity: `${madeFrom(work)} ${name}`,
        };
      }),
    }),
  },
  ReferenceLatent: {
    input: () => ({ required: { conditioning: one }, optional: { latent: link('LATENT') } }),
    output: ['CONDITIONING'],
    category: 'advanced/conditioning/edit_models',
    isNew: true,
    module: 'comfy_extras.nodes_edit_model',
    run: encoded,
  },
  StyleModelApply: conditioning(
    'conditioning/style_model',
    {
      conditioning: one,
      style_model: link('STYLE_MODEL'),
      clip_vision_output: link('CLIP_VISION_OUTPUT'),
      strength: float(1, 0, 10, 0.001),
      strength_type: [['multiply', 'attn_bias']],
    },
    { displayName: 'Apply Style Model' },
  ),
  unCLIPConditioning: conditioning('conditioning', {
    conditioning: one,
    clip_vision_output: link('CLIP_VISION_OUTPUT'),
    strength: float(1, -10, 10, 0.01),
    noise_augmentation: share,
  }),
  CLIPVisionEncode: {
    input: () => ({
      required: {
        clip_vision: link('CLIP_VISION'),
        image: link('IMAGE'),
        crop: [['center', 'none']],
      },
    }),
    output: ['CLIP_VISION_OUTPUT'],
    displayName: 'CLIP Vision Encode',
    category: 'conditioning',
    run: (work) => ({
      outputs: [{ is: 'thing', name: 'comfy.clip_vision.Output', identity: madeFrom(work) }],
    }),
  },
  ConditioningSetMask: conditioning(
    'conditioning',
    {
      conditioning: one,
      mask: link('MASK'),
      strength: float(1, 0, 10, 0.01),
      set_cond_area: [['default', 'mask bounds']],
    },
    { displayName: 'Conditioning (Set Mask)' },
  ),
  TextEncodeQwenImageEdit: {
    input: () => ({
      required: { clip: link('CLIP'), prompt: prompts },
      optional: { vae: link('VAE'), image: link('IMAGE') },
    }),
    output: ['CONDITIONING'],
    category: 'advanced/conditioning',
    isNew: true,
    module: 'comfy_extras.nodes_qwen',
    run: encoded,
  },
  GLIGENTextBoxApply: conditioning('conditioning/gligen', {
    conditioning_to: one,
    clip: link('CLIP'),
    gligen_textbox_model: link('GLIGEN'),
    text: prompts,
    width: int(64, 8, 16_384, { step: 8n }),
    height: int(64, 8, 16_384, { step: 8n }),
    x: size(0, 0, 8),
    y: size(0, 0, 8),
  }),
};
