import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { startComfyEmulator } from '../../src/emulator/comfyui/server.js';
import type { ServiceClock } from './service-clock.js';

/**
 * A ComfyUI server in this process, on the virtual clock that a command uses (see project.ts):
 *
 *     const clock = new ServiceClock();
 *     const comfy = await startComfy(clock, { runTime: { kind: 'constant', ms: 8_000 } });
 *     comfy.url                      // http://127.0.0.1:PORT, or with basePath: '/comfy'
 *     comfy.queued()                 // the books: every prompt that was ever queued, with its fate
 *     comfy.timesQueued(promptId)    // 1 where nothing was queued twice
 *     comfy.setFaults([{ endpoint: 'submit', kind: 'resetAfter', next: 1 }])
 *     await comfy.restart()          // forgets queue and history; files stay. Or stop(), start()
 *     comfy.addForeignPrompts(3)     // somebody else's, in front of what comes later
 *     comfy.clearHistory()
 *     await comfy.close()
 *
 * Names of endpoints for faults and in requests(): submit (POST /prompt), count (GET /prompt), queue,
 * dequeue (POST /queue), history (/history/{id}), historyAll, forget (POST /history), interrupt, free,
 * view, upload, uploadMask, objectInfo, objectInfoOf, models, modelsOf, embeddings, systemStats,
 * features, socket, unknown. Kinds before the effect: resetBefore, hangBefore, http500, http502,
 * http503, http429, html200, emptyBody, unauthorized, firewall, httpStatus (code); after the effect:
 * resetAfter, hangAfter, http502After, codeAfter, truncatedJson, wrongTypes, delay, slowDrip; of
 * /view: halfFile, wrongLength.
 *
 * Options of note: version ('mid-2024', '0.3.64', '2026'), door (basic or bearer), basePath, models
 * (folder → names), runTime of samplers, times (class → run time), previews, corsOrigin, maxUploadMiB.
 * Texts with [emulate:fail], [emulate:fail-2], [emulate:oom], [emulate:slow], [emulate:hang] fail or
 * last, as with the other emulator.
 */
export const startComfy = (
  clock: ServiceClock,
  options: Partial<ComfyOptions> = {},
): Promise<ComfyEmulator> =>
  startComfyEmulator({
    runTime: { kind: 'lognormal', medianMs: 8_000, sigma: 0.2 },
    ...options,
    clock: clock.emulator,
    work: clock.background,
  });

/** Text to image with ComfyUI's own nodes; every model is there by default. */
export const comfyGraph = {
  '3': {
    class_type: 'KSampler',
    _meta: { title: 'KSampler' },
    inputs: {
      seed: 156680208700286,
      steps: 20,
      cfg: 8,
      sampler_name: 'euler',
      scheduler: 'normal',
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
    inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' },
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
} as const;
