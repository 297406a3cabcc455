import { empty } from '../http/answers.js';
import type { Received } from '../http/received.js';
import { jsonOf } from '../http/received.js';
import { getOr } from '../python/convert.js';
import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { dict, truth } from '../python/value.js';
import type { Route } from './route.js';

/** `POST /interrupt`: what runs, or only the prompt that it names (ComfyUI notes, section 6). */
export const postInterrupt: Route = {
  name: 'interrupt',
  method: 'POST',
  path: /^\/interrupt$/,
  handle: (received, { life, version }) => {
    // Earlier versions do not read the body.
    const id = version.aimedInterrupt ? getOr(bodyOf(received), 'prompt_id', null) : null;
    if (!truth(id) || life.queue.running.some((item) => item.id === id)) life.executor.interrupt();
    return empty(200);
  },
};

/** A broken or an empty body is none. */
const bodyOf = (received: Received): Py => {
  try {
    return jsonOf(received);
  } catch (cause) {
    if (cause instanceof Raised && cause.type === 'json.decoder.JSONDecodeError') return dict({});
    throw cause;
  }
};

/** `POST /free`: the cache is emptied once nothing runs (section 3, "Cache"). */
export const postFree: Route = {
  name: 'free',
  method: 'POST',
  path: /^\/free$/,
  handle: (received, { life }) => {
    const body = jsonOf(received);
    if (truth(getOr(body, 'free_memory', false))) life.forget();
    return empty(200);
  },
};
