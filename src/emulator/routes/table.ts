import { aiappList } from './openapi-v2/aiapp-list.js';
import { apiKeyList } from './openapi-v2/api-key-list.js';
import { assetsCreate } from './openapi-v2/assets-create.js';
import { assetsQuery } from './openapi-v2/assets-query.js';
import { mediaUploadBinary } from './openapi-v2/media-upload-binary.js';
import { pricePreview } from './openapi-v2/price-preview.js';
import { query } from './openapi-v2/query.js';
import { queueStatus } from './openapi-v2/queue-status.js';
import { resourceList } from './openapi-v2/resource-list.js';
import { run } from './openapi-v2/run.js';
import { modelPath, standardModel } from './openapi-v2/standard-model.js';
import { modelNamed } from '../graph/models.js';
import type { Route } from './route.js';
import { accountStatus } from './site-api/account-status.js';
import { apiCallDemo } from './site-api/api-call-demo.js';
import { creationModelParams } from './site-api/creation-model-params.js';
import { getJsonApiFormat } from './site-api/get-json-api-format.js';
import { getLoraUploadUrl } from './site-api/get-lora-upload-url.js';
import { aiAppRun } from './task-openapi/ai-app-run.js';
import { cancel } from './task-openapi/cancel.js';
import { create } from './task-openapi/create.js';
import { getWebhookDetail } from './task-openapi/get-webhook-detail.js';
import { outputs } from './task-openapi/outputs.js';
import { quickAiAppRun } from './task-openapi/quick-ai-app-run.js';
import { retryWebhook } from './task-openapi/retry-webhook.js';
import { status } from './task-openapi/status.js';
import { upload } from './task-openapi/upload.js';

/** Every endpoint of the service that is played, one file each; the first that fits answers. */
const routes: readonly Route[] = [
  create,
  status,
  outputs,
  cancel,
  upload,
  aiAppRun,
  quickAiAppRun,
  getWebhookDetail,
  retryWebhook,
  accountStatus,
  getJsonApiFormat,
  getLoraUploadUrl,
  apiCallDemo,
  creationModelParams,
  apiKeyList,
  resourceList,
  aiappList,
  assetsCreate,
  assetsQuery,
  queueStatus,
  mediaUploadBinary,
  query,
  run,
  pricePreview,
  // Whatever else stands below /openapi/v2 is taken for a model's path.
  standardModel,
];

/** The endpoint of a request; null where the path, or its method, does not exist. */
export const routeFor = (
  method: string,
  path: string,
  models: ReadonlyMap<string, string>,
): { readonly route: Route | null; readonly isKnownPath: boolean } => {
  const first = routes.find((candidate) => candidate.path.test(path));
  const known =
    first !== standardModel || modelNamed(modelPath(path), models) !== null ? first : undefined;
  return {
    route: known?.method === method ? known : null,
    isKnownPath: known !== undefined,
  };
};

/** Names for fault rules and in stats. */
export const endpointNames: readonly string[] = [
  ...routes.map(({ name }) => name),
  'download',
  'uploadedFile',
  'webhook',
  'socket',
  'loraPut',
  'unknown',
];
