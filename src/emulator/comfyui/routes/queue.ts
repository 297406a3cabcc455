import { empty, json } from '../http/answers.js';
import { jsonOf } from '../http/received.js';
import { contains, each, item } from '../python/convert.js';
import { dict, truth } from '../python/value.js';
import { itemJson } from '../queue/item.js';
import type { Route } from './route.js';

/** `GET /queue`: pending ones in the order of the heap (ComfyUI notes, section 3). */
export const getQueue: Route = {
  name: 'queue',
  method: 'GET',
  path: /^\/queue$/,
  handle: (_, { life }) =>
    json(
      dict({
        queue_running: life.queue.running.map(itemJson),
        queue_pending: life.queue.pending.map(itemJson),
      }),
    ),
};

/** `POST /queue`: `clear` takes out everyone's pending prompts, `delete` one entry for each id. */
export const postQueue: Route = {
  name: 'dequeue',
  method: 'POST',
  path: /^\/queue$/,
  handle: (received, { life }) => {
    const body = jsonOf(received);
    if (contains(body, 'clear') && truth(item(body, 'clear'))) life.queue.clear();
    if (contains(body, 'delete'))
      for (const id of each(item(body, 'delete'))) life.queue.delete(id);
    return empty(200);
  },
};
