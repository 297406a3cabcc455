import { idOf } from '../../graph/check.js';
import type { Route } from '../route.js';
import { made } from './created.js';

/**
 * `POST /task/openapi/create`: runs a saved workflow, with or without `nodeInfoList`, or the whole
 * graph that comes as `workflow` (API notes, sections 2.1 and 2.2).
 */
export const create: Route = {
  name: 'create',
  method: 'POST',
  path: /^\/task\/openapi\/create$/,
  envelope: 'old',
  handle: (request, context) =>
    made(request, { is: 'workflow', id: idOf(request.body.get('workflowId')) }, context),
};
