import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { startComfyEmulator } from '../../src/emulator/comfyui/server.js';
import { graph } from './graph.js';
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

const { '10': _, ...textToImage } = graph;

/** Text to image with ComfyUI's own nodes; every model is there by default. */
export const comfyGraph = {
  ...textToImage,
  '3': { ...graph['3'], inputs: { ...graph['3'].inputs, cfg: 8, scheduler: 'normal' } },
  '4': { ...graph['4'], inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' } },
} as const;
