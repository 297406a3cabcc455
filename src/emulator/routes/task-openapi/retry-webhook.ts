import { refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf, withAccount } from '../route.js';

/**
 * `POST /task/openapi/retryWebhook`: sends an event once more; without `webhookUrl` to where it
 * went before (API notes, sections 6 and 19.1).
 */
export const retryWebhook: Route = {
  name: 'webhookRetry',
  method: 'POST',
  path: /^\/task\/openapi\/retryWebhook$/,
  envelope: 'old',
  handle: withAccount((account, { body }, { webhooks }) => {
    const url = textOf(body.get('webhookUrl'));
    return webhooks.retry(account.id, textOf(body.get('webhookId')), url)
      ? success(null, '')
      : refusal(refuse(1, 'webhook event not exists'));
  }),
};
