import { json } from '../http/answers.js';
import type { Route } from './route.js';

/** `GET /prompt`: how much is left to do (ComfyUI notes, section 3). */
export const getPrompt: Route = {
  name: 'count',
  method: 'GET',
  path: /^\/prompt$/,
  handle: (_, { life }) => json(life.queueInfo),
};
