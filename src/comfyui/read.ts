import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';

/** One entry of a queue (comfyui-api 3). */
interface QueueItem {
  readonly id: string;
  /** Its place: lower goes first. */
  readonly number: number;
  /** What its sender wrote as `rh_batch`; null: it is not ours. */
  readonly marker: string | null;
}

export interface Queue {
  readonly running: readonly QueueItem[];
  /** In the order in which they will run. */
  readonly pending: readonly QueueItem[];
}

/** `GET /queue`; null: the answer is none. */
export const queueOf = (json: Json): Queue | null => {
  if (!isObject(json)) return null;
  const running = itemsOf(json.get('queue_running'));
  const pending = itemsOf(json.get('queue_pending'));
  if (running === null || pending === null) return null;
  // The server keeps a heap (comfyui-api 3).
  return { running, pending: [...pending].sort((a, b) => a.number - b.number) };
};

const itemsOf = (json: Json | undefined): readonly QueueItem[] | null => {
  if (json === undefined || !isList(json)) return null;
  const items = json.map(itemOf);
  return items.every((item) => item !== null) ? items : null;
};

/** `[number, id, graph, extra data, outputs]` */
const itemOf = (json: Json): QueueItem | null => {
  if (!isList(json)) return null;
  const [number, id, , extra] = json;
  if (typeof id !== 'string') return null;
  return { id, number: numberOf(number) ?? 0, marker: markerOf(extra) };
};

const markerOf = (extra: Json | undefined): string | null => {
  const marker = isObject(extra) ? extra.get('rh_batch') : null;
  return typeof marker === 'string' ? marker : null;
};

/** One prompt that has ended. */
export interface HistoryEntry {
  readonly id: string;
  readonly marker: string | null;
  /** What was sent; null: it does not tell. */
  readonly graph: JsonObject | null;
  /** The output nodes that it was to run, which are not all where some had mistakes; null: not told. */
  readonly wanted: ReadonlySet<string> | null;
  readonly outputs: JsonObject;
  /** `success` or `error`; null: a server that is too old to tell. */
  readonly status: string | null;
  readonly messages: readonly Message[];
}

interface Message {
  readonly type: string;
  readonly data: JsonObject;
}

/** `GET /history` and `GET /history/{id}`: what has ended, oldest first; null: the answer is none. */
export const historyOf = (json: Json): readonly HistoryEntry[] | null => {
  if (!isObject(json)) return null;
  const entries: HistoryEntry[] = [];
  for (const [id, entry] of json) {
    if (!isObject(entry)) return null;
    const prompt = entry.get('prompt');
    const [, , graph, extra, wanted] = prompt !== undefined && isList(prompt) ? prompt : [];
    const outputs = entry.get('outputs');
    const status = entry.get('status');
    const word = isObject(status) ? status.get('status_str') : null;
    entries.push({
      id,
      marker: markerOf(extra),
      graph: isObject(graph) ? graph : null,
      wanted: wantedIn(wanted),
      outputs: isObject(outputs) ? outputs : new Map<string, Json>(),
      status: typeof word === 'string' ? word : null,
      messages: isObject(status) ? messagesOf(status.get('messages')) : [],
    });
  }
  return entries;
};

/** No prompt runs without an output node: an empty list is none. */
const wantedIn = (json: Json | undefined): ReadonlySet<string> | null => {
  if (json === undefined || !isList(json) || json.length === 0) return null;
  return new Set(json.flatMap((node) => idOf(node) ?? []));
};

const messagesOf = (json: Json | undefined): readonly Message[] => {
  if (json === undefined || !isList(json)) return [];
  return json.flatMap((message) => {
    if (!isList(message)) return [];
    const [type, data] = message;
    return typeof type === 'string' && isObject(data) ? [{ type, data }] : [];
  });
};

/** `GET /prompt`: prompts that run or wait; null: the answer is none. */
export const remainingOf = (json: Json): number | null => {
  const info = isObject(json) ? json.get('exec_info') : undefined;
  const count = isObject(info) ? numberOf(info.get('queue_remaining')) : null;
  return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : null;
};

/** `GET /system_stats`: the version; '' where the server is too old to tell; null: no such answer. */
export const versionOf = (json: Json): string | null => {
  const system = isObject(json) ? json.get('system') : undefined;
  if (!isObject(system)) return null;
  const version = system.get('comfyui_version');
  return typeof version === 'string' ? version : '';
};

/** Whether a version is at least another; one that tells nothing is older than all. */
export const isAtLeast = (version: string, wanted: readonly number[]): boolean => {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1, 4)
    .map((part) => Number(part));
  if (parts === undefined) return false;
  for (const [at, least] of wanted.entries()) {
    const own = Number.isFinite(parts[at]) ? (parts[at] ?? 0) : 0;
    if (own !== least) return own > least;
  }
  return true;
};

export const numberOf = (json: Json | undefined): number | null => {
  const value = json instanceof JsonNumber ? Number(json.source) : NaN;
  return Number.isFinite(value) ? value : null;
};

export const textOf = (json: Json | undefined): string | null =>
  typeof json === 'string' ? json : null;

/** Node ids come as texts, or as numbers. */
export const idOf = (json: Json | undefined): string | null =>
  json instanceof JsonNumber ? json.source : textOf(json);
