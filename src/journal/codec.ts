import { isRunId, isTaskId } from '../values/ids.js';
import type { JournalEvent, Recorded } from './event.js';

/** Version of the journal that this program writes; it reads no newer one. */
export const journalVersion = 1;

export type Decoded =
  | { readonly is: 'event'; readonly event: Recorded }
  | { readonly is: 'garbage'; readonly why: string }
  | { readonly is: 'newer'; readonly version: number };

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const text = (value: unknown): boolean => typeof value === 'string';
const count = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const flag = (value: unknown): boolean => typeof value === 'boolean';
const record = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): boolean => Array.isArray(value);
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);
const run = (value: unknown): boolean => typeof value === 'string' && isRunId(value);
const task = (value: unknown): boolean => typeof value === 'string' && isTaskId(value);
const tagged = (value: unknown): boolean => record(value) && text(value['is']);
const runError = (value: unknown): boolean =>
  record(value) && text(value['class']) && text(value['message']);

/** What each event must have to be believed. Checked by hand: a journal may have a million lines. */
const shapes: Readonly<Record<JournalEvent['type'], Shape>> = {
  batch: { name: text, target: text, manifest: text, account: text, emulated: flag },
  base: { sha256: text, fields: record, wiring: text },
  intent: { run, attempt: count, inputs: orNull(record) },
  accepted: { run, attempt: count, taskId: task },
  refused: { run, attempt: count, error: runError, then: text },
  lost: { run, attempt: count, why: text },
  observed: { run, taskId: task },
  settled: { run, taskId: task, outcome: tagged, cost: record },
  saved: { run, taskId: task, files: list, error: orNull(runError) },
  resolved: { run, attempt: count, how: tagged },
  end: { exitCode: count, stop: orNull(text) },
};

export const encode = (event: Recorded): string => `${JSON.stringify(event)}\n`;

/** One line of a journal. Never throws. */
export const decode = (line: string): Decoded => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { is: 'garbage', why: 'no JSON' };
  }
  if (!record(value) || !text(value['type'])) return { is: 'garbage', why: 'no event' };
  const { type } = value;
  if (type === 'batch' && typeof value['version'] === 'number' && value['version'] > journalVersion)
    return { is: 'newer', version: value['version'] };
  if (!isEvent(value)) return { is: 'garbage', why: `not a whole "${String(type)}" event` };
  return { is: 'event', event: value };
};

const isEvent = (value: Record<string, unknown>): value is Record<string, unknown> & Recorded => {
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) return false;
  if (!count(value['seq']) || !text(value['at'])) return false;
  const shape = (shapes as Readonly<Record<string, Shape>>)[type] ?? {};
  for (const key in shape) if (shape[key]?.(value[key]) !== true) return false;
  return true;
};
