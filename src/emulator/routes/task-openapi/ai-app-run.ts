import { isList } from '../../../values/json-text.js';
import { refusal } from '../../http/answers.js';
import { idOf } from '../../graph/check.js';
import { refuse } from '../../http/refusal.js';
import type { Handler, Route } from '../route.js';
import { made } from './created.js';

/** `nodeInfoList` is required; `webappId` comes as a text or a number (API notes, section 2.3). */
export const runApp: Handler = (request, context) => {
  const list = request.body.get('nodeInfoList');
  return list === undefined || !isList(list)
    ? refusal(refuse(301, 'nodeInfoList cannot be empty'))
    : made(request, { is: 'app', id: idOf(request.body.get('webappId')) }, context);
};

/** `POST /task/openapi/ai-app/run`: runs an AI app (API notes, section 2.3). */
export const aiAppRun: Route = {
  name: 'aiApp',
  method: 'POST',
  path: /^\/task\/openapi\/ai-app\/run$/,
  envelope: 'old',
  handle: runApp,
};
