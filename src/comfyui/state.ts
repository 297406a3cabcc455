import type { fault } from '../runninghub/errors.js';
import type { TaskAnswer } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import { endOf } from './ended.js';
import type { ComfyServer } from './server.js';

export type PromptState =
  | { readonly is: 'answer'; readonly answer: TaskAnswer; readonly ahead: number | null }
  /** Neither waiting nor running nor ended. */
  | { readonly is: 'nowhere' };

/**
 * What became of a prompt. The history is read again behind the queue: a prompt that ended between
 * the two would be in neither (comfyui-api 4).
 */
export const stateOf = async (
  server: ComfyServer,
  taskId: TaskId,
  kept: ReadonlySet<string> | null,
  signal?: AbortSignal,
): Promise<PromptState> => {
  const early = await endIn(server, taskId, kept, signal);
  if (early !== null) return early;
  const queue = await server.queue(signal);
  if (!queue.ok) return unread(queue.fault);
  const { running, pending } = queue.value;
  if (running.some(({ id }) => id === taskId)) return answered({ is: 'running', netWssUrl: null });
  const place = pending.findIndex(({ id }) => id === taskId);
  if (place !== -1) {
    const before = [...running, ...pending.slice(0, place)];
    const ahead = before.filter(({ marker }) => marker === null).length;
    return { is: 'answer', answer: { is: 'queued' }, ahead };
  }
  return (await endIn(server, taskId, kept, signal)) ?? { is: 'nowhere' };
};

const answered = (answer: TaskAnswer): PromptState => ({ is: 'answer', answer, ahead: null });

const unread = (why: ReturnType<typeof fault>): PromptState =>
  answered({ is: 'unread', fault: why });

/** null: it is not in the history. */
const endIn = async (
  server: ComfyServer,
  taskId: TaskId,
  kept: ReadonlySet<string> | null,
  signal: AbortSignal | undefined,
): Promise<PromptState | null> => {
  const read = await server.entry(taskId, signal);
  if (!read.ok) return unread(read.fault);
  if (read.value === null) return null;
  server.ended(taskId);
  return answered(endOf(read.value, server.address, kept));
};
