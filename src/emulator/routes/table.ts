import { account, appDemo, quickModels, webhookDetail, webhookRetry, workflow } from './account.js';
import { loraUrl, upload, uploadV2 } from './files.js';
import { appList, keyList, pricePreview, resourceList } from './lists.js';
import type { Envelope, Handler, Route } from './route.js';
import { appRun, cancel, create, outputs, quickRun, status } from './tasks.js';
import { createV2, model, query, queue } from './v2.js';

const route = (
  name: string,
  method: Route['method'],
  path: string | RegExp,
  handle: Handler,
  envelope: Envelope = 'old',
): Route => ({
  name,
  method,
  path: typeof path === 'string' ? new RegExp(`^${path}$`) : path,
  envelope,
  handle,
});

/** Every endpoint of the service that is played, the first that fits. */
export const routes: readonly Route[] = [
  route('create', 'POST', '/task/openapi/create', create),
  route('status', 'POST', '/task/openapi/status', status),
  route('outputs', 'POST', '/task/openapi/outputs', outputs),
  route('cancel', 'POST', '/task/openapi/cancel', cancel),
  route('upload', 'POST', '/task/openapi/upload', upload),
  route('aiApp', 'POST', '/task/openapi/ai-app/run', appRun),
  route('quickApp', 'POST', '/task/openapi/quick-ai-app/run', quickRun),
  route('quickModels', 'POST', '/api/fast/creation/model/params', quickModels),
  route('webhookDetail', 'POST', '/task/openapi/getWebhookDetail', webhookDetail),
  route('webhookRetry', 'POST', '/task/openapi/retryWebhook', webhookRetry),
  route('account', 'POST', '/uc/openapi/accountStatus', account),
  route('workflow', 'POST', '/api/openapi/getJsonApiFormat', workflow),
  route('loraUrl', 'POST', '/api/openapi/getLoraUploadUrl', loraUrl),
  route('appDemo', 'GET', '/api/webapp/apiCallDemo', appDemo),
  route('keyList', 'GET', '/openapi/v2/api-key/list', keyList),
  route('resourceList', 'POST', '/openapi/v2/resource/list', resourceList),
  route('appList', 'POST', '/openapi/v2/aiapp/list', appList),
  route('pricePreview', 'POST', /^\/openapi\/v2\/price-preview\/[\w./-]+$/, pricePreview),
  route('queue', 'GET', '/openapi/v2/queue/status', queue),
  route('uploadV2', 'POST', '/openapi/v2/media/upload/binary', uploadV2, 'v2Upload'),
  route('queryV2', 'POST', '/openapi/v2/query', query, 'v2Flat'),
  route('createV2', 'POST', /^\/openapi\/v2\/run\/(?:workflow|ai-app)\/\d+$/, createV2, 'v2Flat'),
  route(
    'model',
    'POST',
    /^\/openapi\/v2\/(?!(?:run|media|queue|task|api-key|resource|aiapp|price-preview)\/)[\w.-]+(?:\/[\w.-]+)+$/,
    model,
    'v2Flat',
  ),
];

/** Names for fault rules and in stats. */
export const endpointNames: readonly string[] = [
  ...routes.map(({ name }) => name),
  'download',
  'webhook',
  'socket',
  'loraPut',
  'unknown',
];
