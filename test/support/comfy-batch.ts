import { afterEach } from 'vitest';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { comfyGraph, startComfy } from './comfy-server.js';
import { projects } from './opened.js';
import type { Project } from './project.js';

export const seeds = (count: number): string =>
  `matrix: { seed: { from: 1, count: ${count} } }\nset: { KSampler.seed: "\${{ seed }}" }`;

interface Opened {
  readonly p: Project;
  readonly comfy: ComfyEmulator[];
}

/** Emulated servers on the clock of a project, and a manifest that names them; closed after each test. */
export const serverBatches = (): ((
  given: readonly Partial<ComfyOptions>[],
  keys: string,
) => Promise<Opened>) => {
  const project = projects();
  const open: ComfyEmulator[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((comfy) => comfy.close()));
  });
  return async (given, keys) => {
    const p = await project({ files: { 'api.json': JSON.stringify(comfyGraph) } });
    const clock = p.virtual;
    if (clock === null) throw new Error('the clock is virtual');
    const comfy = await Promise.all(given.map((options) => startComfy(clock, options)));
    open.push(...comfy);
    const list = comfy.map(({ url }) => url).join(', ');
    p.write('manifest.yaml', `version: 1\nserver: [${list}]\napi: api.json\n${keys}\n`);
    return { p, comfy };
  };
};

/** When a server's first prompt came, when its last ended, and how long none of ours ran between, in ms. */
export const workOf = (
  comfy: ComfyEmulator,
): { readonly startedAt: number; readonly endedAt: number; readonly idleMs: number } => {
  const entries = comfy.queued();
  const startedAt = entries[0]?.at ?? 0;
  let [idleMs, endedAt] = [0, startedAt];
  for (const entry of entries) {
    idleMs += Math.max(0, entry.at - endedAt);
    endedAt = Math.max(endedAt, entry.endedAt ?? entry.at);
  }
  return { startedAt, endedAt, idleMs };
};
