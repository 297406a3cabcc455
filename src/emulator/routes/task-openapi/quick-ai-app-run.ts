import { isList, isObject } from '../../../values/json-text.js';
import { refusal } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf } from '../route.js';
import { runApp } from './ai-app-run.js';

/**
 * `POST /task/openapi/quick-ai-app/run`: an app's call with the code of a model; all values are
 * texts (API notes, section 2.5).
 */
export const quickAiAppRun: Route = {
  name: 'quickApp',
  method: 'POST',
  path: /^\/task\/openapi\/quick-ai-app\/run$/,
  envelope: 'old',
  handle: (request, context) => {
    const { body } = request;
    const list = body.get('nodeInfoList');
    const entries = list !== undefined && isList(list) ? list : [];
    if (textOf(body.get('quickCreateCode')) === '')
      return refusal(refuse(301, 'quickCreateCode cannot be empty'));
    return entries.every((entry) => isObject(entry) && typeof entry.get('fieldValue') === 'string')
      ? runApp(request, context)
      : refusal(refuse(301, 'fieldValue must be a string'));
  },
};
