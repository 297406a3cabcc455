import { map, number, success } from '../../http/answers.js';
import type { Route } from '../route.js';
import { managed } from './flat.js';

/**
 * `GET /openapi/v2/queue/status`: the only place that tells the limit; marked as developing, so it
 * can be switched off here. The limit is a number, the counts are texts (API notes, sections 7.2
 * and 19.1).
 */
export const queueStatus: Route = {
  name: 'queue',
  method: 'GET',
  path: /^\/openapi\/v2\/queue\/status$/,
  envelope: 'old',
  handle: managed((account, _request, { model }) => {
    if (!model.options.queueStatus)
      return map({ code: number(412), msg: 'TOKEN_INVALID', data: '' });
    account.advance(model.now());
    return success(
      map({
        apiKeyType: account.options.apiType,
        concurrentLimit: number(account.slots + account.queue),
        runningCount: String(account.running),
        queuedCount: String(account.waiting),
        totalCurrentTasks: String(account.inFlight),
        // Machines of a dedicated account; what it says of the others is not known.
        ...(account.options.apiType === 'EXCLUSIVE'
          ? { instanceCount: number(account.slots) }
          : {}),
      }),
    );
  }),
};
