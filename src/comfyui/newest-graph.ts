import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import type { Fault } from '../runninghub/service.js';
import type { Wire } from './wire.js';

/** A prompt that has ended, with the graph that it ran. */
interface PastPrompt {
  readonly id: string;
  /** In API format. */
  readonly graph: JsonObject;
  /** rh-batch queued it: values of a run stand in its graph. */
  readonly ours: boolean;
  readonly failed: boolean;
}

export type NewestGraph =
  | { readonly is: 'found'; readonly prompt: PastPrompt }
  /** The history is empty. */
  | { readonly is: 'none' }
  | { readonly is: 'failed'; readonly fault: Fault }
  /** Somebody answered who is no ComfyUI. */
  | { readonly is: 'foreign' };

/** The answer holds the graph of each. */
const looked = 100;

export const newestGraph = async (wire: Wire, signal?: AbortSignal): Promise<NewestGraph> => {
  const read = await wire.get(`/history?max_items=${looked}`, signal);
  return read.ok ? newestIn(read.body) : { is: 'failed', fault: read.fault };
};

/** The prompt that was queued last, of those that have ended (comfyui-api 3). */
export const newestIn = (history: Json): NewestGraph => {
  if (!isObject(history)) return { is: 'foreign' };
  let newest: { readonly prompt: PastPrompt; readonly at: number } | null = null;
  for (const [id, entry] of history) {
    const prompt = pastPrompt(id, entry);
    if (prompt === null) continue;
    const at: number = queuedAt(entry) ?? newest?.at ?? 0;
    if (newest === null || at >= newest.at) newest = { prompt, at };
  }
  if (newest !== null) return { is: 'found', prompt: newest.prompt };
  return history.size === 0 ? { is: 'none' } : { is: 'foreign' };
};

/**
 * The server counts what it is sent, and turns the sign for what shall go in front. A number with
 * a point was chosen by a client, and tells no time; then its place in the history has to do.
 */
const queuedAt = (entry: Json): number | null => {
  const number = itemIn(entry)?.[0];
  return number instanceof JsonNumber && /^-?\d+$/.test(number.source)
    ? Math.abs(Number(number.source))
    : null;
};

const pastPrompt = (id: string, entry: Json): PastPrompt | null => {
  const item = itemIn(entry);
  const graph = item?.[2];
  if (item === null || graph === undefined || !isObject(graph) || graph.size === 0) return null;
  const nodes: [string, Json][] = [];
  for (const [name, node] of graph) {
    const clean = nodeOf(node);
    if (clean === null) return null;
    nodes.push([name, clean]);
  }
  const extra = item[3];
  const status = isObject(entry) ? entry.get('status') : undefined;
  return {
    id,
    graph: new Map(nodes),
    ours: extra !== undefined && isObject(extra) && extra.has('rh_batch'),
    failed: status !== undefined && isObject(status) && status.get('status_str') === 'error',
  };
};

const itemIn = (entry: Json): readonly Json[] | null => {
  const item = isObject(entry) ? entry.get('prompt') : undefined;
  return item !== undefined && isList(item) ? item : null;
};

/** Without what old servers note in the nodes while they run, such as `is_changed`. */
const nodeOf = (node: Json): JsonObject | null => {
  if (!isObject(node) || typeof node.get('class_type') !== 'string') return null;
  return new Map([...node].filter(([key]) => ['inputs', 'class_type', '_meta'].includes(key)));
};
