import { refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { withTask } from '../route.js';

/**
 * `POST /task/openapi/cancel`: the only way to cancel, also for tasks of V2 (API notes, sections
 * 5.5 and 19.1). 807: no such task; 817: known, and no longer to be cancelled, since it has ended.
 */
export const cancel: Route = {
  name: 'cancel',
  method: 'POST',
  path: /^\/task\/openapi\/cancel$/,
  envelope: 'old',
  handle: withTask((task, { model, fault }) => {
    const notAllowed = refuse(fault?.code ?? 817, fault?.msg ?? 'APIKEY_TASK_CANCEL_NOT_ALLOWED');
    switch (fault?.kind) {
      case 'lateCancel':
        return success(null);
      case 'cancelRefused':
        return refusal(notAllowed);
      default:
        return model.end(task, 'CANCEL') ? success(null) : refusal(notAllowed);
    }
  }),
};
