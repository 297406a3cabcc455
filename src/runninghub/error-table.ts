import type { FaultClass } from './service.js';

/** What follows from a documented answer (runninghub-api 10). The one table. */
export interface ErrorRow {
  readonly class: FaultClass;
  /** After a create: certain that no task exists, or not (10.3). */
  readonly create: 'refused' | 'lost';
  /** What the service itself calls it. */
  readonly name: string;
  /** For people: what happened. */
  readonly about: string;
  /** For people: what to do. */
  readonly todo: string | null;
}

const row = (
  kind: FaultClass,
  create: ErrorRow['create'],
  name: string,
  about: string,
  todo: string | null,
): ErrorRow => ({ class: kind, create, name, about, todo });

type Words = readonly [kind: FaultClass, name: string, about: string, todo?: string];
const refused = (...[kind, name, about, todo]: Words): ErrorRow =>
  row(kind, 'refused', name, about, todo ?? null);
const lost = (...[kind, name, about, todo]: Words): ErrorRow =>
  row(kind, 'lost', name, about, todo ?? null);

const noUser = 'The service knows no user for this key';
const badKey = 'The API key was not accepted';
const tooMany = "The account's limit of concurrent tasks is reached";
const noTask = 'The service does not know this task, or it has expired';
const badParameter = 'A parameter of the request is not valid';
const undocumented = 'The service answered with a code that is listed without a meaning';

export const errorTable: Readonly<Record<string, ErrorRow>> = {
  // Old endpoints (10.1)
  '-1': lost(
    'account',
    'ApiKey verification failed',
    badKey,
    'Look at the key, and at the site (.cn or .ai): --base-url',
  ),
  '1': lost('unknown', 'failure', 'The service answered with a general failure'),
  '301': refused('input', 'PARAMS_INVALID', badParameter),
  '380': refused(
    'account',
    'WORKFLOW_NOT_EXISTS',
    'The workflow does not exist, or belongs to another account or site: check workflowId',
    "The id is the last part of the workflow's address; keys of .ai need --base-url https://www.runninghub.ai",
  ),
  '401': refused(
    'account',
    'ApiKey verification failed',
    badKey,
    'Look at the key, and at the site (.cn or .ai): --base-url',
  ),
  '412': refused(
    'account',
    'TOKEN_INVALID',
    'The service refused the request as a whole: the base URL is wrong, or the key is not for it',
    'RUNNINGHUB_BASE_URL is the site alone, such as https://www.runninghub.cn',
  ),
  '414': refused(
    'account',
    'TASK_CREATE_FAILED_BY_NOT_ENOUGH_POWER_VALUE',
    'There are not enough RH coins on the account',
    'Pay in, then run the same command again',
  ),
  '415': refused(
    'capacity',
    'TASK_INSTANCE_MAXED',
    'All dedicated machines are busy',
    "Nothing: rh-batch waits. usePersonalQueue: true waits in the service's own queue",
  ),
  '416': refused(
    'account',
    'TASK_CREATE_FAILED_BY_NOT_ENOUGH_WALLET',
    'There is not enough money in the wallet',
    'Pay in, then run the same command again',
  ),
  '421': refused(
    'capacity',
    'TASK_QUEUE_MAXED',
    tooMany,
    'Nothing: rh-batch waits and learns the limit',
  ),
  '423': refused('task', 'TASK_NOT_FOUNED', noTask),
  '433': refused(
    'input',
    'VALIDATE_PROMPT_FAILED',
    'The workflow or its values are not valid',
    'The error names node and field, often the name of a model that the service does not have',
  ),
  '435': refused(
    'account',
    'TASK_USER_EXCLAPI_INSTANCE_NOT_FOUND',
    'The account has no machine of this type: check instance (48 GB is "plus")',
    'Write instance: plus, or leave instance out',
  ),
  '436': refused(
    'account',
    'TASK_USER_EXCLAPI_REQUIRED',
    'The dedicated membership has expired',
    'Renew it, or use another key',
  ),
  '500': lost(
    'transient',
    'UNKNOWN_ERROR',
    'The service had an internal error',
    'Nothing on reads. After a submit: rh-batch resolve --unknown shows the run',
  ),
  '605': refused(
    'account',
    'balance',
    'The balance is used up',
    'Pay in, then run the same command again',
  ),
  '801': refused(
    'account',
    'APIKEY_UNSUPPORTED_FREE_USER',
    'Free accounts have no API access: a membership is needed',
    'Buy a membership on the site',
  ),
  '802': refused(
    'account',
    'APIKEY_UNAUTHORIZED',
    'The API key is wrong or has expired',
    "Make a new key on the site's API page",
  ),
  '803': refused(
    'input',
    'APIKEY_INVALID_NODE_INFO, NODE_INFO_MISMATCH',
    'An override does not fit the workflow saved on the service',
    'rh-batch pull WORKFLOWID fetches the graph that the service has; of an app, rh-batch pull --app WEBAPPID',
  ),
  '804': lost('transient', 'APIKEY_TASK_IS_RUNNING', 'The service says that the task is running'),
  '805': lost(
    'task',
    'APIKEY_TASK_STATUS_ERROR',
    'The task failed or was cancelled',
    'rh-batch explain RUN tells node, reason and traceback',
  ),
  '806': refused(
    'account',
    'APIKEY_USER_NOT_FOUND',
    noUser,
    'Is it a key of the other site? --base-url https://www.runninghub.ai',
  ),
  '807': lost(
    'task',
    'APIKEY_TASK_NOT_FOUND',
    noTask,
    'It may be too old, or belong to another account: use the key that submitted it',
  ),
  '808': lost('transient', 'APIKEY_UPLOAD_FAILED', "The service's storage failed"),
  '809': refused(
    'input',
    'APIKEY_FILE_SIZE_EXCEEDED',
    'The file is larger than the service takes (30 MB)',
    "Use a smaller file, or give a public URL as the field's value",
  ),
  '810': refused(
    'account',
    'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING',
    'The workflow was never run: save it and run it once on the site',
    'Open the workflow on the site, save it, and run it once',
  ),
  '811': refused(
    'account',
    'CORPAPIKEY_INVALID',
    'The enterprise key is not valid',
    'Make a new key',
  ),
  '812': refused(
    'account',
    'CORPAPIKEY_INSUFFICIENT_FUNDS',
    'The enterprise account is short of money',
    'Pay in, then run the same command again',
  ),
  '813': lost('transient', 'APIKEY_TASK_IS_QUEUED', 'The service says that the task is queued'),
  '814': refused(
    'capacity',
    'PERSONAL_QUEUE_COUNT_LIMIT',
    'The personal queue is full',
    'Nothing: rh-batch waits',
  ),
  '817': refused(
    'task',
    'APIKEY_TASK_CANCEL_NOT_ALLOWED',
    'The task cannot be cancelled any more: it has ended, most likely',
    'Nothing: rh-batch asks what became of it',
  ),
  '901': refused(
    'account',
    'WEBAPP_NOT_EXISTS',
    'The AI app does not exist, or belongs to the other site: check webappId',
    'The id is the last part of /ai-detail/…; keys of .ai need --base-url https://www.runninghub.ai',
  ),
  // V2 and standard models (10.2)
  '1000': lost('transient', 'Unknown error', 'The service had an unknown error'),
  '1001': refused('input', 'Invalid URL', 'The service says that the URL is not valid'),
  '1002': refused(
    'account',
    'Invalid API Key',
    'The API key is not valid',
    "Make a new key on the site's API page",
  ),
  '1003': refused(
    'capacity',
    'Rate limit exceeded',
    'Too many requests',
    'Nothing: rh-batch waits. A smaller execution.requestsPerSecond asks less often',
  ),
  '1004': lost('task', 'Task not found', noTask),
  '1005': lost('transient', 'Internal server error', 'The service had an internal error'),
  '1006': lost('task', 'Task execution timed out', 'The task took too long for the service'),
  '1007': refused('input', 'Invalid parameters', badParameter),
  '1008': refused(
    'input',
    'File size limit exceeded',
    'The file is larger than the service takes',
    'Use a smaller file: rh-batch fields model.json tells the limit of each field',
  ),
  '1009': refused(
    'input',
    'HTTP method not supported',
    'The service does not take this HTTP method',
  ),
  '1010': lost('transient', 'Service unavailable', 'The service is not available'),
  '1011': refused(
    'capacity',
    'System is currently busy',
    'The service is busy',
    'Nothing: rh-batch waits',
  ),
  '1012': lost(
    'transient',
    'Service response exception',
    'An upstream service gave no valid answer',
  ),
  '1013': lost('task', 'File processing failed', 'The service could not process a file'),
  '1014': refused(
    'account',
    'Access Denied',
    'Standard models are for enterprise-shared keys only',
    'Use such a key, or a workflow or app that has the model',
  ),
  '1015': lost('task', 'Generation failed', 'The generation failed'),
  '1101': refused('input', 'Node info error', 'An override does not fit'),
  '1501': refused(
    'input',
    'Content verification failed',
    'The content check refused a prompt or picture',
    'Change that row',
  ),
  '1504': lost('task', 'Model timed out', 'The model took too long'),
  '1505': refused(
    'input',
    'Photorealistic real people are prohibited',
    'Pictures of real people are not allowed',
    'Change that row',
  ),
  '1516': lost('unknown', 'undocumented', undocumented),
  '1517': lost('unknown', 'undocumented', undocumented),
  '1519': lost('unknown', 'undocumented', undocumented),
  '1520': refused('capacity', 'TASK_USER_CONCURRENT_LIMIT', tooMany, 'Nothing: rh-batch waits'),
  '1601': refused(
    'account',
    'ApiKey verification failed',
    badKey,
    'Look at the key, and at the site (.cn or .ai): --base-url',
  ),
  // Words that say more than their code
  'user-not-exist': refused(
    'account',
    'user not exist',
    noUser,
    'Is it a key of the other site? --base-url https://www.runninghub.ai',
  ),
  'access-password': refused(
    'account',
    'access password',
    'The workflow or app is locked, and its password is missing or wrong: RUNNINGHUB_ACCESS_PASSWORD',
  ),
};

export const unknownRow = lost(
  'unknown',
  'unknown',
  'The service answered with a code that rh-batch does not know',
);
