import { isRunId, isTaskId } from '../values/ids.js';
import type { Recorded } from './event.js';

/** Version of the journal that this program writes; it reads no newer one. */
const journalVersion = 2;

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
const isOrNull =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || is(value);
const isAll = (
  value: unknown,
  parts: Readonly<Record<string, (part: unknown) => boolean>>,
): boolean => isRecord(value) && Object.entries(parts).every(([key, is]) => is(value[key]));
const isShard = (value: unknown): boolean =>
  isAll(value, { index: isCount, count: isCount, runs: isCount, total: isCount, matrix: isText });
const isScope = (value: unknown): boolean =>
  isAll(value, {
    typed: (words) => words === undefined || isTexts(words),
    selected: (runs) => runs === undefined || (Array.isArray(runs) && runs.every(isRun)),
    title: isText,
    runs: isCount,
    toDo: isCount,
    outputs: isOrNull(isText),
    date: (date) => date === undefined || isText(date),
    shard: isOrNull(isShard),
  });
const isRow = (value: unknown): boolean => isAll(value, { file: isText, line: isCount });
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isPairs = (value: unknown): boolean =>
  Array.isArray(value) && value.every((pair) => isTexts(pair) && isPair(pair));
const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2;
const isOverrides = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);
const isFetched = (value: unknown): boolean =>
  Array.isArray(value) && value.every((part) => isAll(part, { index: isCount, file: isRecord }));
const isTold = (value: unknown): boolean =>
  isAll(value, {
    uploads: (part) => isAll(part, { count: isCount, bytes: isCount }),
    requests: (part) => isAll(part, { create: isCount, outputs: isCount }),
    held: (part) => isRecord(part) && Object.values(part).every(isError),
  });
const isAttempt = (value: Value): boolean => isRun(value['run']) && isCount(value['attempt']);
const isOfTask = (value: Value): boolean => isRun(value['run']) && isTask(value['taskId']);

/** What each event must have to be believed. Spelt out: a journal may have a million lines. */
const isWhole = (type: string, value: Value): boolean => {
  switch (type) {
    case 'intent':
      return (
        isAttempt(value) &&
        (value['inputs'] === null || isRecord(value['inputs'])) &&
        (value['taskId'] === undefined || isTask(value['taskId']))
      );
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
    case 'waits':
      return (
        isOfTask(value) &&
        isOverrides(value['outputs']) &&
        isFetched(value['files']) &&
        isError(value['error'])
      );
    case 'refused':
      return isAttempt(value) && isError(value['error']) && isText(value['then']);
    case 'lost':
      return isAttempt(value) && isText(value['why']);
    case 'judged':
      return isAttempt(value) && isText(value['said']) && isTexts(value['candidates']);
    case 'resolved':
      return isAttempt(value) && isTagged(value['how']);
    case 'batch':
      return (
        ['name', 'target', 'manifest', 'account'].every((key) => isText(value[key])) &&
        (value['startedAt'] === undefined || isText(value['startedAt'])) &&
        (value['scope'] === undefined || isScope(value['scope']))
      );
    case 'planned':
      return (
        isRun(value['run']) &&
        isCount(value['index']) &&
        isText(value['name']) &&
        isOrNull(isRow)(value['row']) &&
        isTexts(value['tags']) &&
        isPairs(value['values']) &&
        isOverrides(value['overrides']) &&
        isOrNull(isCount)(value['twinOf'])
      );
    case 'base':
      return isText(value['sha256']) && isRecord(value['fields']) && isText(value['wiring']);
    case 'end':
      return (
        isCount(value['exitCode']) &&
        isOrNull(isText)(value['stop']) &&
        (value['finishedAt'] === undefined || isText(value['finishedAt'])) &&
        (value['told'] === undefined || isTold(value['told']))
      );
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
