import { isRunId, isTaskId } from '../values/ids.js';
import type { Recorded } from './event.js';

/** Version of the journal that this program writes; it reads no newer one. */
export const journalVersion = 1;

export type Decoded =
  | { readonly is: 'event'; readonly event: Recorded }
  | { readonly is: 'garbage'; readonly why: string }
  | { readonly is: 'newer'; readonly version: number };

type Value = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && Number.isInteger(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTagged = (value: unknown): boolean => isRecord(value) && isText(value['is']);
const isRun = (value: unknown): boolean => typeof value === 'string' && isRunId(value);
const isTask = (value: unknown): boolean => typeof value === 'string' && isTaskId(value);
const isError = (value: unknown): boolean =>
  isRecord(value) && isText(value['class']) && isText(value['message']);
const isAttempt = (value: Value): boolean => isRun(value['run']) && isCount(value['attempt']);
const isOfTask = (value: Value): boolean => isRun(value['run']) && isTask(value['taskId']);

/** What each event must have to be believed. Spelt out: a journal may have a million lines. */
const isWhole = (type: string, value: Value): boolean => {
  switch (type) {
    case 'intent':
      return isAttempt(value) && (value['inputs'] === null || isRecord(value['inputs']));
    case 'accepted':
      return isAttempt(value) && isTask(value['taskId']);
    case 'observed':
      return isOfTask(value);
    case 'settled':
      return isOfTask(value) && isTagged(value['outcome']) && isRecord(value['cost']);
    case 'saved':
      return (
        isOfTask(value) &&
        Array.isArray(value['files']) &&
        (value['error'] === null || isError(value['error']))
      );
    case 'refused':
      return isAttempt(value) && isError(value['error']) && isText(value['then']);
    case 'lost':
      return isAttempt(value) && isText(value['why']);
    case 'resolved':
      return isAttempt(value) && isTagged(value['how']);
    case 'batch':
      return ['name', 'target', 'manifest', 'account'].every((key) => isText(value[key]));
    case 'base':
      return isText(value['sha256']) && isRecord(value['fields']) && isText(value['wiring']);
    case 'end':
      return isCount(value['exitCode']) && (value['stop'] === null || isText(value['stop']));
    default:
      return false;
  }
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
  if (!isRecord(value)) return { is: 'garbage', why: 'no event' };
  const { type } = value;
  if (typeof type !== 'string') return { is: 'garbage', why: 'no event' };
  if (type === 'batch' && typeof value['version'] === 'number' && value['version'] > journalVersion)
    return { is: 'newer', version: value['version'] };
  return isEvent(type, value)
    ? { is: 'event', event: value }
    : { is: 'garbage', why: `not a whole "${type}" event` };
};

const isEvent = (
  type: string,
  value: Record<string, unknown>,
): value is Record<string, unknown> & Recorded =>
  isCount(value['seq']) && isText(value['at']) && isWhole(type, value);
