import { request } from 'undici';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { Project } from './project.js';

/** Queues a graph as the page of ComfyUI does; ends when the prompt has. `body`: its JSON text. */
export const queuePrompt = async (
  p: Project,
  comfy: ComfyEmulator,
  body: string,
): Promise<void> => {
  const answer = await request(`${comfy.url}/prompt`, { method: 'POST', body });
  const said = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(said);
  while (comfy.remaining() > 0) await p.clock.sleep(1_000);
};
