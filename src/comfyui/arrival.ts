import type { Clock } from '../edges/clock.js';
import type { TaskId } from '../values/ids.js';
import { isPromptId } from '../values/ids.js';
import type { ComfyServer } from './server.js';

/** What became of a submit that was not answered, on one server. */
export type Arrival =
  | { readonly is: 'there'; readonly taskId: TaskId }
  | { readonly is: 'absent'; readonly said: string }
  | { readonly is: 'undecided'; readonly said: string };

/** So many looks in a row find nothing before nothing is there. */
const looksNeeded = 2;
/** Where a proxy answered in place of the server, the request may be under way so long. */
const lateMs = 60_000;
const firstPauseMs = 1_000;
const maxPauseMs = 15_000;

/**
 * Looks for a submit whose answer was lost (comfyui-api 4): in the queue, then in the history,
 * then in the queue again. A prompt moves from one to the other under one lock, so that this order
 * misses none. A server that does not answer is asked again until `patienceMs` are over.
 */
export const arrivalOf = async (
  server: ComfyServer,
  taskId: TaskId,
  {
    clock,
    late,
    patienceMs,
  }: { readonly clock: Clock; readonly late: boolean; readonly patienceMs: number },
  signal?: AbortSignal,
): Promise<Arrival> => {
  const since = clock.now();
  let pauseMs = firstPauseMs;
  let unanswered = `${server.address} was not asked`;
  for (let looks = 0; ;) {
    const seen = await lookFor(server, taskId, signal);
    if (seen.is === 'there') return seen;
    if (seen.is === 'absent') looks += 1;
    else [looks, unanswered] = [0, seen.said];
    const waited = clock.now() - since;
    if (looks >= looksNeeded && (!late || waited >= lateMs)) return seen;
    if (signal?.aborted === true)
      return { is: 'undecided', said: 'broken off before it was found out' };
    if (looks === 0 && waited >= patienceMs) return { is: 'undecided', said: unanswered };
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(maxPauseMs, pauseMs * 2);
  }
};

/** What was not found is absent only where the server is known to keep our ids. */
export const judged = async (
  server: ComfyServer,
  arrival: Arrival,
  paid: boolean,
  signal?: AbortSignal,
): Promise<Arrival> => {
  if (arrival.is !== 'absent') return arrival;
  const { address } = server;
  // It may be asked by a marker alone: such a run is left to a person.
  if (server.choosesIds === true)
    return {
      is: 'undecided',
      said: `${address} chooses the ids of its prompts, and ${arrival.said}`,
    };
  return paid && !(await server.isSeenToKeep(signal))
    ? { is: 'undecided', said: `${arrival.said}, and it was not seen to keep our ids there` }
    : arrival;
};

const lookFor = async (
  server: ComfyServer,
  taskId: TaskId,
  signal: AbortSignal | undefined,
): Promise<Arrival> => {
  const first = await inQueue(server, taskId, signal);
  if (first.is !== 'absent') return first;
  const ended = await inHistory(server, taskId, signal);
  if (ended.is !== 'absent') return ended;
  return inQueue(server, taskId, signal);
};

const inQueue = async (
  server: ComfyServer,
  taskId: TaskId,
  signal: AbortSignal | undefined,
): Promise<Arrival> => {
  const read = await server.queue(signal);
  if (!read.ok) return { is: 'undecided', said: read.fault.message };
  const { running, pending } = read.value;
  return found([...running, ...pending], server, taskId);
};

/** By its id; of a server that chooses ids, by the marker. */
const inHistory = async (
  server: ComfyServer,
  taskId: TaskId,
  signal: AbortSignal | undefined,
): Promise<Arrival> => {
  const read = await server.entry(taskId, signal);
  if (!read.ok) return { is: 'undecided', said: read.fault.message };
  if (read.value !== null || server.choosesIds === false)
    return found(read.value === null ? [] : [read.value], server, taskId);
  const newest = await server.newest(signal);
  if (!newest.ok) return { is: 'undecided', said: newest.fault.message };
  return found(newest.value, server, taskId);
};

const found = (
  items: readonly { readonly id: string; readonly marker: string | null }[],
  { address }: ComfyServer,
  taskId: TaskId,
): Arrival => {
  const item = items.find(({ id, marker }) => id === taskId || marker === taskId);
  if (item === undefined)
    return { is: 'absent', said: `neither the queue nor the history of ${address} has it` };
  return isPromptId(item.id)
    ? { is: 'there', taskId: item.id }
    : { is: 'undecided', said: `${address} calls it "${item.id.slice(0, 60)}", which is no id` };
};
