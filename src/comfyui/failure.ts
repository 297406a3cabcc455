import { fault } from '../runninghub/errors.js';
import type { Fault } from '../runninghub/service.js';
import type { Json, JsonObject } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import { idOf, textOf } from './read.js';

/** Texts of the server may hold whole tensors. */
const maxText = 600;
const maxTraceback = 8_000;

const memoryTypes = /(?:^|\.)OutOfMemoryError$/;
const memoryTexts = /out of memory|Allocation on device/i;
const memoryAdvice =
  'The GPU of the server ran out of memory: use a smaller size, batch or model, or start the server with --lowvram';

/** `execution_error` (comfyui-api 5): which node failed, and why. */
export const executionFault = (data: JsonObject): Fault => {
  const type = textOf(data.get('exception_type')) ?? 'error';
  const said = cut(textOf(data.get('exception_message')) ?? '', maxText);
  const node = idOf(data.get('node_id'));
  const kind = textOf(data.get('node_type'));
  const where = kind === null ? '' : `${kind}: `;
  const outOfMemory = memoryTypes.test(type) || memoryTexts.test(said);
  const [first = ''] = said.split('\n');
  return fault(
    'task',
    outOfMemory ? 'out-of-memory' : type,
    outOfMemory ? `${where}${memoryAdvice} (${type}: ${first})` : `${where}${said || type}`,
    { node, traceback: tracebackOf(data.get('traceback')) },
  );
};

/** The newest lines are the last. */
const tracebackOf = (json: Json | undefined): string | null => {
  const lines =
    json !== undefined && isList(json) ? json.filter((line) => typeof line === 'string') : [];
  const text = lines.join('').trim();
  return text === '' ? null : text.slice(-maxTraceback);
};

/** What a server says of a graph that it does not take, or takes in part only (comfyui-api 2.2, 2.3). */
export const refusalOf = (body: Json): Fault | null => {
  if (!isObject(body)) return null;
  const inNodes = nodeFault(body.get('node_errors'));
  if (inNodes !== null) return inNodes;
  const error = body.get('error');
  if (typeof error === 'string')
    return fault('input', 'refused', `The server refused the graph: ${cut(error, maxText)}`);
  if (!isObject(error)) return null;
  const message = textOf(error.get('message')) ?? '';
  const details = textOf(error.get('details')) ?? '';
  const node = /#([^']+)'?$/.exec(details)?.[1] ?? null;
  return fault(
    'input',
    textOf(error.get('type')) ?? 'refused',
    `The server refused the graph: ${cut([message, details].filter((part) => part !== '').join(' '), maxText)}`,
    { node },
  );
};

/** The first node's first error, and how many more there are; null: no node has one. */
export const nodeFault = (json: Json | undefined): Fault | null => {
  if (json === undefined || !isObject(json)) return null;
  const found = [...json].flatMap(([node, entry]) => {
    const errors = isObject(entry) ? entry.get('errors') : undefined;
    if (!isObject(entry) || errors === undefined || !isList(errors)) return [];
    const kind = textOf(entry.get('class_type'));
    return errors.flatMap((error) => (isObject(error) ? [{ node, kind, error }] : []));
  });
  const [first] = found;
  if (first === undefined)
    return json.size === 0
      ? null
      : fault(
          'input',
          'node-errors',
          'The server found mistakes in the graph and did not tell them',
        );
  const { node, kind, error } = first;
  const info = error.get('extra_info');
  const field = isObject(info) ? textOf(info.get('input_name')) : null;
  const message = textOf(error.get('message')) ?? '';
  const details = textOf(error.get('details')) ?? '';
  const more = found.length > 1 ? `; ${found.length - 1} more` : '';
  return fault(
    'input',
    textOf(error.get('type')) ?? 'node-errors',
    `${kind === null ? '' : `${kind}: `}${cut(details === '' ? message : `${message}: ${details}`, maxText)}${more}`,
    { node, field },
  );
};

const cut = (text: string, length: number): string => {
  const trimmed = text.trim();
  return trimmed.length > length ? `${trimmed.slice(0, length)} …` : trimmed;
};
