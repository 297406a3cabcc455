import { painted } from '../media/pixels.js';
import type { Value } from '../run/values.js';
import type { Work } from '../run/work.js';
import { madeFrom, numberOf, wanted } from '../run/work.js';
import { promptOf } from './conditioning.js';
import { choice, float, int, link, seed } from './inputs.js';
import { things } from './loaders.js';
import type { Inputs, NodeClass, Result } from './node-class.js';

const samplerNames = [
  ...['euler', 'euler_cfg_pp', 'euler_ancestral', 'euler_ancestral_cfg_pp', 'heun', 'heunpp2'],
  ...['dpm_2', 'dpm_2_ancestral', 'lms', 'dpm_fast', 'dpm_adaptive', 'dpmpp_2s_ancestral'],
  ...['dpmpp_2s_ancestral_cfg_pp', 'dpmpp_sde', 'dpmpp_sde_gpu', 'dpmpp_2m', 'dpmpp_2m_cfg_pp'],
  ...['dpmpp_2m_sde', 'dpmpp_2m_sde_gpu', 'dpmpp_2m_sde_heun', 'dpmpp_2m_sde_heun_gpu'],
  ...['dpmpp_3m_sde', 'dpmpp_3m_sde_gpu', 'ddpm', 'lcm', 'ipndm', 'ipndm_v', 'deis'],
  ...['res_multistep', 'res_multistep_cfg_pp', 'res_multistep_ancestral'],
  ...['res_multistep_ancestral_cfg_pp', 'gradient_estimation', 'gradient_estimation_cfg_pp'],
  ...['er_sde', 'seeds_2', 'seeds_3', 'sa_solver', 'sa_solver_pece'],
  ...['ddim', 'uni_pc', 'uni_pc_bh2'],
];
const schedulers = [
  ...['simple', 'sgm_uniform', 'karras', 'exponential', 'ddim_uniform', 'beta', 'normal'],
  ...['linear_quadratic', 'kl_optimal'],
];

type Latent = Extract<Value, { is: 'latent' }>;

const previewSide = 512;

/** Takes its time step by step, and can be interrupted at each (ComfyUI notes, section 6). */
const sampled = async (work: Work, steps: number, latent: Latent): Promise<Latent> => {
  const prompt = promptOf(work);
  const identity = madeFrom(work);
  for (let step = 1; step <= steps; step += 1) {
    await work.pause(work.runMs / steps);
    work.step(step, steps, {
      type: 'JPEG',
      frame: painted(latent.width >> 3, latent.height >> 3, prompt, identity),
      most: previewSide,
    });
  }
  return { ...latent, prompt: prompt === '' ? latent.prompt : prompt, identity };
};

const control = { control_after_generate: true } as const;
const ends = { positive: link('CONDITIONING'), negative: link('CONDITIONING') };
const cfg = float(8, 0, 100, 0.1, { round: 0.01 });
const denoise = float(1, 0, 1, 0.01);
const sampling = {
  steps: int(20, 1, 10_000),
  cfg,
  sampler_name: choice(samplerNames),
  scheduler: choice(schedulers),
  ...ends,
  latent_image: link('LATENT'),
} as const;
const custom = { module: 'comfy_extras.nodes_custom_sampler' } as const;

const latentOf = (work: Work): Latent => {
  wanted(work, 'model', 'thing');
  return wanted(work, 'latent_image', 'latent');
};

const thing = (
  type: string,
  category: string,
  required: Inputs,
  more: Partial<NodeClass> = {},
): NodeClass => ({
  input: () => ({ required }),
  output: [type],
  category,
  run: things(type),
  ...custom,
  ...more,
});

/** Samplers, and what is put together for the custom one. */
export const samplers: Readonly<Record<string, NodeClass>> = {
  KSampler: {
    input: () => ({
      required: {
        model: link('MODEL'),
        seed: seed(control),
        ...sampling,
        denoise,
      },
    }),
    output: ['LATENT'],
    category: 'sampling',
    run: async (work) => ({
      outputs: [await sampled(work, numberOf(work, 'steps', 20), latentOf(work))],
    }),
  },
  KSamplerAdvanced: {
    input: () => ({
      required: {
        model: link('MODEL'),
        add_noise: choice(['enable', 'disable']),
        noise_seed: seed(control),
        ...sampling,
        start_at_step: int(0, 0, 10_000),
        end_at_step: int(10_000, 0, 10_000),
        return_with_leftover_noise: choice(['disable', 'enable']),
      },
    }),
    output: ['LATENT'],
    displayName: 'KSampler (Advanced)',
    category: 'sampling',
    run: async (work) => {
      const all = numberOf(work, 'steps', 20);
      const last = Math.min(all, numberOf(work, 'end_at_step', all));
      const steps = Math.max(0, last - numberOf(work, 'start_at_step', 0));
      return { outputs: [await sampled(work, steps, latentOf(work))] };
    },
  },
  SamplerCustomAdvanced: {
    ...custom,
    input: () => ({
      required: {
        noise: link('NOISE'),
        guider: link('GUIDER'),
        sampler: link('SAMPLER'),
        sigmas: link('SIGMAS'),
        latent_image: link('LATENT'),
      },
    }),
    output: ['LATENT', 'LATENT'],
    outputName: ['output', 'denoised_output'],
    category: 'sampling/custom_sampling',
    run: async (work): Promise<Result> => {
      const guider = wanted(work, 'guider', 'text');
      const sigmas = wanted(work, 'sigmas', 'thing');
      const latent = await sampled(
        work,
        Number(/steps=(\d+)/.exec(sigmas.identity)?.[1] ?? 20),
        wanted(work, 'latent_image', 'latent'),
      );
      const made = { ...latent, prompt: guider.prompt };
      return { outputs: [made, made] };
    },
  },
  KSamplerSelect: thing('SAMPLER', 'sampling/custom_sampling/samplers', {
    sampler_name: choice(samplerNames),
  }),
  BasicScheduler: thing(
    'SIGMAS',
    'sampling/custom_sampling/schedulers',
    {
      model: link('MODEL'),
      scheduler: choice(schedulers),
      steps: int(20, 1, 10_000),
      denoise,
    },
    {
      run: (work) => ({
        outputs: [
          {
            is: 'thing',
            name: 'torch.Tensor',
            identity: `${madeFrom(work)} steps=${numberOf(work, 'steps', 20)}`,
          },
        ],
      }),
    },
  ),
  BasicGuider: thing(
    'GUIDER',
    'sampling/custom_sampling/guiders',
    { model: link('MODEL'), conditioning: link('CONDITIONING') },
    { run: guider('conditioning') },
  ),
  CFGGuider: thing(
    'GUIDER',
    'sampling/custom_sampling/guiders',
    { model: link('MODEL'), ...ends, cfg },
    { run: guider('positive') },
  ),
  RandomNoise: thing('NOISE', 'sampling/custom_sampling/noise', { noise_seed: seed(control) }),
  DisableNoise: thing('NOISE', 'sampling/custom_sampling/noise', {}),
};

function guider(input: string): NodeClass['run'] {
  return (work) => ({
    outputs: [{ is: 'text', prompt: wanted(work, input, 'text').prompt, identity: madeFrom(work) }],
  });
}
