import { nodeOf, shareOf } from '../../runninghub/sockets.js';
import type { SocketNews } from '../../runninghub/service.js';
import { isObject, parseJson } from '../../values/json-text.js';
import type { Json, JsonObject } from '../../values/json.js';
import { textOf } from '../read.js';

/** A message of `/ws` (comfyui-api 9); null: it says nothing of any prompt. */
export const toldOf = (
  text: string,
): { readonly promptId: string; readonly news: SocketNews } | null => {
  const read = parseJson(text);
  if (!read.ok || !isObject(read.value)) return null;
  const data = read.value.get('data');
  // After a reconnect the running node is told without its prompt: it may be any.
  const promptId = isObject(data) ? textOf(data.get('prompt_id')) : null;
  if (!isObject(data) || promptId === null) return null;
  const news = newsOf(textOf(read.value.get('type')) ?? '', data);
  return news === null ? null : { promptId, news };
};

const newsOf = (type: string, data: JsonObject): SocketNews | null => {
  switch (type) {
    case 'executing': {
      // Only then the history surely has it; `execution_success` comes before.
      if (data.get('node') === null) return { is: 'over' };
      const node = nodeOf(data.get('display_node')) ?? nodeOf(data.get('node'));
      return node === null ? null : { is: 'at', node, share: null };
    }
    case 'progress': {
      const node = nodeOf(data.get('node'));
      return node === null ? null : { is: 'at', node, share: shareOf(data) };
    }
    case 'progress_state':
      return runningIn(data.get('nodes') ?? null);
    default:
      return null;
  }
};

/** All nodes that have begun, each with its state: the last that runs. */
const runningIn = (nodes: Json): SocketNews | null => {
  if (!isObject(nodes)) return null;
  const [id, state] =
    [...nodes].findLast(([, one]) => isObject(one) && one.get('state') === 'running') ?? [];
  if (id === undefined || !isObject(state)) return null;
  const node = nodeOf(state.get('display_node_id')) ?? nodeOf(id);
  if (node === null) return null;
  const share = shareOf(state);
  // Of a node without steps it tells 0 of 1, which says nothing.
  return { is: 'at', node, share: share === 0 ? null : share };
};
