import { map, refusal, success } from '../../http/answers.js';
import { idOf } from '../../graph/check.js';
import type { Route } from '../route.js';
import { withAccount } from '../route.js';

/**
 * `POST /api/openapi/getJsonApiFormat`: the saved graph, as a text of JSON in `data.prompt`
 * (API notes, section 3).
 */
export const getJsonApiFormat: Route = {
  name: 'workflow',
  method: 'POST',
  path: /^\/api\/openapi\/getJsonApiFormat$/,
  envelope: 'old',
  handle: withAccount((_account, { body }, { model }) => {
    const graph = model.catalogue.graphText(idOf(body.get('workflowId')));
    return typeof graph === 'string' ? success(map({ prompt: graph }), 'SUCCESS') : refusal(graph);
  }),
};
