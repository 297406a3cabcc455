import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { decimal, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Fault } from '../service.js';

const unexplained = fault(
  'task',
  '805',
  'The task failed or was cancelled, and the service gives no reason',
);

/** Whether nothing but the end of the task is told: no node, no message. */
export const isUnexplained = (found: Fault): boolean => found.message === unexplained.message;

/** A failed task's reason, which may be missing, nested or a JSON text (8). */
export const failureOf = (data: Json, text: string): Fault => {
  const reason = reasonOf(data);
  if (reason === null) return unexplained;
  const get = (name: string): string => {
    const value = reason.get(name);
    return textOf(value) ?? decimal(value) ?? '';
  };
  const type = get('exception_type');
  const message = get('exception_message').trim() || text;
  const memory = /OutOfMemory|out of memory/i.test(`${type} ${message}`);
  const more = {
    node: get('node_id') || null,
    traceback: traceback(reason.get('traceback')),
  };
  const name = get('node_name');
  const sentence = `${name === '' ? 'The task' : name} failed${message === '' ? '' : `: ${message}`}`;
  return memory
    ? fault('input', type || '805', `${sentence}; it needs a larger machine (instance: plus)`, more)
    : fault('task', type || '805', sentence, more);
};

/** null: there is none. */
export const reasonOf = (data: Json): JsonObject | null => {
  if (!isObject(data)) return null;
  const found = data.get('failedReason') ?? data;
  const parsed = typeof found === 'string' ? parseJson(found) : null;
  const reason = parsed?.ok === true ? parsed.value : found;
  return isObject(reason) &&
    (reason.has('exception_message') || reason.has('exception_type') || reason.has('node_id'))
    ? reason
    : null;
};

/** A JSON text of a list of lines, a list, or plain text. */
const traceback = (value: Json | undefined): string | null => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  const lines = read?.ok === true ? read.value : value;
  if (lines !== undefined && isList(lines))
    return (
      lines
        .filter((line) => typeof line === 'string')
        .join('')
        .slice(0, 20_000) || null
    );
  return typeof value === 'string' && value !== '' ? value.slice(0, 20_000) : null;
};
