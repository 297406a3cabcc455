import { fault } from '../runninghub/errors.js';
import type { Fault, TaskAnswer } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import type { Json, JsonObject } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import { endOf } from './ended.js';
import type { HistoryEntry } from './read.js';
import { idOf, textOf } from './read.js';
import type { Asked, ComfyServer } from './server.js';

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

const unread = (why: Fault): PromptState => answered({ is: 'unread', fault: why });

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
  const end = endOf(read.value, server.address, kept);
  if (end.is !== 'succeeded') return answered(end);
  const dropped = await droppedFrom(server, read.value, signal);
  if (!dropped.ok) return unread(dropped.fault);
  return answered(
    dropped.value === null
      ? end
      : { is: 'failed', fault: dropped.value, cost: end.cost, certain: true },
  );
};

/**
 * A part of the graph that the server dropped on submit and said so in an answer that was lost
 * (comfyui-api 2.3): an output node at an end of the graph which it was not to run. null: none.
 */
const droppedFrom = async (
  server: ComfyServer,
  { graph, wanted }: HistoryEntry,
  signal: AbortSignal | undefined,
): Promise<Asked<Fault | null>> => {
  if (graph === null || wanted === null) return { ok: true, value: null };
  for (const [node, kind] of endsOf(graph)) {
    if (wanted.has(node)) continue;
    const isOutput = await server.isOutput(kind, signal);
    if (!isOutput.ok) return isOutput;
    if (!isOutput.value) continue;
    const why = `${kind}: ${server.address} found a mistake in this node, or in one that feeds it, and ran only the rest of the graph; the answer that named the mistake was lost`;
    return { ok: true, value: fault('input', 'node-errors', why, { node }) };
  }
  return { ok: true, value: null };
};

/** Nodes that feed no other, with their classes. */
const endsOf = (graph: JsonObject): readonly (readonly [string, string])[] => {
  const inputsOf = (node: Json): readonly Json[] => {
    const inputs = isObject(node) ? node.get('inputs') : undefined;
    return isObject(inputs) ? [...inputs.values()] : [];
  };
  const feeding = new Set(
    [...graph.values()]
      .flatMap(inputsOf)
      .flatMap((input) => (isList(input) && input.length === 2 ? (idOf(input[0]) ?? []) : [])),
  );
  return [...graph].flatMap(([node, json]) => {
    const kind = isObject(json) ? textOf(json.get('class_type')) : null;
    return kind === null || feeding.has(node) ? [] : [[node, kind] as const];
  });
};
