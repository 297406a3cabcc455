import { refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { withTask } from '../route.js';

/** `POST /task/openapi/getWebhookDetail`: code 1 where there is none (API notes, section 6). */
export const getWebhookDetail: Route = {
  name: 'webhookDetail',
  method: 'POST',
  path: /^\/task\/openapi\/getWebhookDetail$/,
  envelope: 'old',
  handle: withTask((task, { webhooks }) => {
    const detail = webhooks.detail(task.taskId);
    return detail === null ? refusal(refuse(1, 'webhook event not exists')) : success(detail);
  }),
};
