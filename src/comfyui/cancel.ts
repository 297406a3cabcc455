import type { Clock } from '../edges/clock.js';
import type { CancelAnswer } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import type { ComfyServer } from './server.js';

/** An interrupt that comes while a prompt starts is lost, so it is sent again (comfyui-api 6). */
const tries = 5;
const pauseMs = 500;

/**
 * Takes one prompt of ours out of the queue, or stops it where it runs. A prompt of somebody else
 * is never stopped: an interrupt goes out only where the queue shows that ours is running.
 */
export const cancelOn = async (
  server: ComfyServer,
  taskId: TaskId,
  clock: Clock,
  signal?: AbortSignal,
): Promise<CancelAnswer> => {
  for (let attempt = 1; ; attempt += 1) {
    const dropped = await server.drop(taskId, signal);
    if (dropped !== null) return { is: 'refused', fault: dropped };
    const before = await server.queue(signal);
    if (!before.ok) return { is: 'refused', fault: before.fault };
    const { running, pending } = before.value;
    const runs = running.some(({ id }) => id === taskId);
    if (!runs && !pending.some(({ id }) => id === taskId)) {
      const entry = await server.entry(taskId, signal);
      if (!entry.ok) return { is: 'refused', fault: entry.fault };
      // Stopped by an earlier try, or over before the first.
      return entry.value !== null && attempt === 1 ? { is: 'ended' } : { is: 'taken' };
    }
    if (runs) await server.interrupt(taskId, signal);
    if (attempt === tries || signal?.aborted === true) return { is: 'taken' };
    await clock.sleep(pauseMs, signal);
  }
};
