import type { Route } from '../route.js';
import { submitted } from './flat.js';

const pattern = /^\/openapi\/v2\/run\/(workflow|ai-app)\/(\d+)$/;

/**
 * `POST /openapi/v2/run/workflow/{workflowId}` and `POST /openapi/v2/run/ai-app/{webappId}`
 * (API notes, section 2.6).
 */
export const run: Route = {
  name: 'createV2',
  method: 'POST',
  path: pattern,
  envelope: 'v2Flat',
  handle: (request, context) => {
    const [, kind, id = ''] = pattern.exec(request.path) ?? [];
    return submitted(request, { is: kind === 'ai-app' ? 'app' : 'workflow', id }, context);
  },
};
