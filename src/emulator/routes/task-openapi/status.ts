import { refusal, success } from '../../http/answers.js';
import type { Route } from '../route.js';
import { notFound, withTask } from '../route.js';

/**
 * `POST /task/openapi/status`: a bare word in `data`, which has none of its own for a cancelled
 * task (API notes, section 5.1).
 */
export const status: Route = {
  name: 'status',
  method: 'POST',
  path: /^\/task\/openapi\/status$/,
  envelope: 'old',
  handle: withTask((task, { model, fault }) => {
    const now = model.statusOf(task);
    switch (fault?.kind) {
      case 'unknownStatus':
        return success('DREAMING', '');
      case 'flapping':
        return success(now === 'RUNNING' ? 'QUEUED' : 'RUNNING', '');
      case 'falseFailure':
        return success('FAILED', '');
      case 'missing':
        return refusal(notFound);
      default:
        return success(now === 'CANCEL' ? 'FAILED' : now, '');
    }
  }),
};
