import { fault } from '../runninghub/errors.js';
import type { TaskAnswer, TaskCost, TaskOutput } from '../runninghub/service.js';
import type { Json, JsonObject } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import { executionFault } from './failure.js';
import type { HistoryEntry } from './read.js';
import { numberOf, textOf } from './read.js';

/** How a prompt ended, from its entry in the history (comfyui-api 3, 5). */
export const endOf = (
  entry: HistoryEntry,
  address: string,
  /** Nodes whose previews are wanted, too; null: none was named. */
  kept: ReadonlySet<string> | null,
): TaskAnswer => {
  const cost = costOf(entry);
  const has = (type: string): JsonObject | null =>
    entry.messages.findLast((message) => message.type === type)?.data ?? null;
  if (has('execution_interrupted') !== null) return { is: 'cancelled', cost };
  const failed = has('execution_error');
  if (failed !== null) return { is: 'failed', fault: executionFault(failed), cost, certain: true };
  if (entry.status === 'error')
    return {
      is: 'failed',
      fault: fault('task', 'error', 'The server says that the prompt failed, and not why'),
      cost,
      certain: true,
    };
  return { is: 'succeeded', outputs: outputsOf(entry, address, kept), cost, certain: true };
};

/** From the first step to the last, by the server's own clock; null: an old server does not tell. */
const costOf = ({ messages }: HistoryEntry): TaskCost => {
  const times = messages.flatMap(({ data }) => numberOf(data.get('timestamp')) ?? []);
  const taskTimeMs = times.length < 2 ? null : Math.max(...times) - Math.min(...times);
  return { coins: null, money: null, taskTimeMs };
};

interface Found {
  readonly output: TaskOutput;
  /** A preview, which the server throws away when it starts again. */
  readonly temporary: boolean;
}

/**
 * Files of all kinds: every list of objects with a `filename`, under whatever key a node puts it;
 * and texts. Previews count where a graph saves nothing else, or where their node was named.
 */
const outputsOf = (
  { outputs }: HistoryEntry,
  address: string,
  kept: ReadonlySet<string> | null,
): readonly TaskOutput[] => {
  const found = [...outputs].flatMap(([node, keys]) =>
    isObject(keys)
      ? [...keys].flatMap(([key, list]) =>
          isList(list) ? list.flatMap((item) => foundIn(node, key, item, address)) : [],
        )
      : [],
  );
  const lasting = found.some(({ temporary }) => !temporary);
  return found
    .filter(
      ({ temporary, output: { node } }) =>
        !temporary || !lasting || (node !== null && kept?.has(node) === true),
    )
    .map(({ output }) => output);
};

const foundIn = (node: string, key: string, item: Json, address: string): Found[] => {
  if (typeof item === 'string')
    return key === 'text'
      ? [{ output: { url: '', node, type: 'txt', text: item }, temporary: false }]
      : [];
  const filename = isObject(item) ? textOf(item.get('filename')) : null;
  if (!isObject(item) || filename === null || filename === '') return [];
  const type = textOf(item.get('type')) ?? 'output';
  const query = new URLSearchParams({
    type,
    subfolder: textOf(item.get('subfolder')) ?? '',
    filename,
  });
  const ending = /\.([A-Za-z0-9]{1,10})$/.exec(filename)?.[1]?.toLowerCase() ?? 'bin';
  return [
    {
      output: { url: `${address}/view?${query.toString()}`, node, type: ending, text: null },
      temporary: type === 'temp',
    },
  ];
};
