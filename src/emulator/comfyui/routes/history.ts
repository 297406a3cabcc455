import { empty, json } from '../http/answers.js';
import { jsonOf } from '../http/received.js';
import { contains, each, item, toInt } from '../python/convert.js';
import { Raised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { dict, isPyDict, isPyList, truth, typeName } from '../python/value.js';
import { itemJson } from '../queue/item.js';
import type { HistoryEntry } from '../queue/prompt-queue.js';
import type { Route } from './route.js';

const entryJson = ({ item: of, outputs, status, meta }: HistoryEntry): PyDict =>
  dict({
    prompt: itemJson(of),
    outputs,
    status,
    ...(meta === null ? {} : { meta }),
  });

/** `GET /history` (ComfyUI notes, section 3). */
export const getHistory: Route = {
  name: 'historyAll',
  method: 'GET',
  path: /^\/history$/,
  handle: ({ query }, { life, version }) => {
    const most = query.get('max_items');
    const offset = version.historyOffset ? query.get('offset') : null;
    return json(
      new Map(
        life.queue
          .entries(
            most === null ? null : Number(toInt(most)),
            offset === null ? -1 : Number(toInt(offset)),
          )
          .map((entry): [string, Py] => [entry.item.id, entryJson(entry)]),
      ),
    );
  },
};

/** `GET /history/{id}`: `{}` for whatever is not in the history. */
export const getHistoryOf: Route = {
  name: 'history',
  method: 'GET',
  path: /^\/history\/([^/]+)$/,
  handle: (_, { life }, [id = '']) => {
    const entry = life.queue.history.get(id);
    return json(entry === undefined ? dict({}) : new Map([[id, entryJson(entry)]]));
  },
};

/** `POST /history`: `clear` and `delete`. */
export const postHistory: Route = {
  name: 'forget',
  method: 'POST',
  path: /^\/history$/,
  handle: (received, { life }) => {
    const body = jsonOf(received);
    if (contains(body, 'clear') && truth(item(body, 'clear'))) life.queue.history.clear();
    if (contains(body, 'delete'))
      for (const id of each(item(body, 'delete'))) {
        if (isPyList(id) || isPyDict(id))
          throw new Raised('TypeError', `unhashable type: '${typeName(id)}'`);
        if (typeof id === 'string') life.queue.history.delete(id);
      }
    return empty(200);
  },
};
