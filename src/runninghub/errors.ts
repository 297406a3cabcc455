import type { Fault, FaultClass } from './service.js';

/** What follows from a documented answer (runninghub-api 10). The one table. */
export interface ErrorRow {
  readonly class: FaultClass;
  /** After a create: certain that no task exists, or not (10.3). */
  readonly create: 'refused' | 'lost';
  /** What the service itself calls it. */
  readonly name: string;
  /** For people: what happened and what to do. */
  readonly about: string;
}

const row = (
  kind: FaultClass,
  create: ErrorRow['create'],
  name: string,
  about: string,
): ErrorRow => ({ class: kind, create, name, about });

const refused = (kind: FaultClass, name: string, about: string): ErrorRow =>
  row(kind, 'refused', name, about);
const lost = (kind: FaultClass, name: string, about: string): ErrorRow =>
  row(kind, 'lost', name, about);

const noUser = 'The service knows no user for this key';
const badKey = 'The API key was not accepted';
const tooMany = "The account's limit of concurrent tasks is reached";
const noTask = 'The service does not know this task, or it has expired';
const badParameter = 'A parameter of the request is not valid';
const undocumented = 'The service answered with a code that is listed without a meaning';

export const errorTable: Readonly<Record<string, ErrorRow>> = {
  // Old endpoints (10.1)
  '-1': lost('account', 'ApiKey verification failed', badKey),
  '1': lost('unknown', 'failure', 'The service answered with a general failure'),
  '301': refused('input', 'PARAMS_INVALID', badParameter),
  '380': refused(
    'account',
    'WORKFLOW_NOT_EXISTS',
    'The workflow does not exist, or belongs to another account or site: check workflowId',
  ),
  '401': refused('account', 'ApiKey verification failed', badKey),
  '412': refused(
    'account',
    'TOKEN_INVALID',
    'The service refused the request as a whole: the base URL is wrong, or the key is not for it',
  ),
  '414': refused(
    'account',
    'TASK_CREATE_FAILED_BY_NOT_ENOUGH_POWER_VALUE',
    'There are not enough RH coins on the account',
  ),
  '415': refused('capacity', 'TASK_INSTANCE_MAXED', 'All dedicated machines are busy'),
  '416': refused(
    'account',
    'TASK_CREATE_FAILED_BY_NOT_ENOUGH_WALLET',
    'There is not enough money in the wallet',
  ),
  '421': refused('capacity', 'TASK_QUEUE_MAXED', tooMany),
  '423': refused('task', 'TASK_NOT_FOUNED', noTask),
  '433': refused('input', 'VALIDATE_PROMPT_FAILED', 'The workflow or its values are not valid'),
  '435': refused(
    'account',
    'TASK_USER_EXCLAPI_INSTANCE_NOT_FOUND',
    'The account has no machine of this type: check instance (48 GB is "plus")',
  ),
  '436': refused('account', 'TASK_USER_EXCLAPI_REQUIRED', 'The dedicated membership has expired'),
  '500': lost('transient', 'UNKNOWN_ERROR', 'The service had an internal error'),
  '605': refused('account', 'balance', 'The balance is used up'),
  '801': refused(
    'account',
    'APIKEY_UNSUPPORTED_FREE_USER',
    'Free accounts have no API access: a membership is needed',
  ),
  '802': refused('account', 'APIKEY_UNAUTHORIZED', 'The API key is wrong or has expired'),
  '803': refused(
    'input',
    'APIKEY_INVALID_NODE_INFO, NODE_INFO_MISMATCH',
    'An override does not fit the workflow saved on the service',
  ),
  '804': lost('transient', 'APIKEY_TASK_IS_RUNNING', 'The service says that the task is running'),
  '805': lost('task', 'APIKEY_TASK_STATUS_ERROR', 'The task failed or was cancelled'),
  '806': refused('account', 'APIKEY_USER_NOT_FOUND', noUser),
  '807': lost('task', 'APIKEY_TASK_NOT_FOUND', noTask),
  '808': lost('transient', 'APIKEY_UPLOAD_FAILED', "The service's storage failed"),
  '809': refused(
    'input',
    'APIKEY_FILE_SIZE_EXCEEDED',
    'The file is larger than the service takes (30 MB)',
  ),
  '810': refused(
    'account',
    'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING',
    'The workflow was never run: save it and run it once on the site',
  ),
  '811': refused('account', 'CORPAPIKEY_INVALID', 'The enterprise key is not valid'),
  '812': refused(
    'account',
    'CORPAPIKEY_INSUFFICIENT_FUNDS',
    'The enterprise account is short of money',
  ),
  '813': lost('transient', 'APIKEY_TASK_IS_QUEUED', 'The service says that the task is queued'),
  '814': refused('capacity', 'PERSONAL_QUEUE_COUNT_LIMIT', 'The personal queue is full'),
  '817': refused(
    'task',
    'APIKEY_TASK_CANCEL_NOT_ALLOWED',
    'The task cannot be cancelled any more: it has ended, most likely',
  ),
  '901': refused(
    'account',
    'WEBAPP_NOT_EXISTS',
    'The AI app does not exist, or belongs to the other site: check webappId',
  ),
  // V2 and standard models (10.2)
  '1000': lost('transient', 'Unknown error', 'The service had an unknown error'),
  '1001': refused('input', 'Invalid URL', 'The service says that the URL is not valid'),
  '1002': refused('account', 'Invalid API Key', 'The API key is not valid'),
  '1003': refused('capacity', 'Rate limit exceeded', 'Too many requests'),
  '1004': lost('task', 'Task not found', noTask),
  '1005': lost('transient', 'Internal server error', 'The service had an internal error'),
  '1006': lost('task', 'Task execution timed out', 'The task took too long for the service'),
  '1007': refused('input', 'Invalid parameters', badParameter),
  '1008': refused('input', 'File size limit exceeded', 'The file is larger than the service takes'),
  '1009': refused(
    'input',
    'HTTP method not supported',
    'The service does not take this HTTP method',
  ),
  '1010': lost('transient', 'Service unavailable', 'The service is not available'),
  '1011': refused('capacity', 'System is currently busy', 'The service is busy'),
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
  ),
  '1015': lost('task', 'Generation failed', 'The generation failed'),
  '1101': refused('input', 'Node info error', 'An override does not fit'),
  '1501': refused(
    'input',
    'Content verification failed',
    'The content check refused a prompt or picture',
  ),
  '1504': lost('task', 'Model timed out', 'The model took too long'),
  '1505': refused(
    'input',
    'Photorealistic real people are prohibited',
    'Pictures of real people are not allowed',
  ),
  '1516': lost('unknown', 'undocumented', undocumented),
  '1517': lost('unknown', 'undocumented', undocumented),
  '1519': lost('unknown', 'undocumented', undocumented),
  '1520': refused('capacity', 'TASK_USER_CONCURRENT_LIMIT', tooMany),
  '1601': refused('account', 'ApiKey verification failed', badKey),
  // Words that say more than their code
  'user-not-exist': refused('account', 'user not exist', noUser),
  'access-password': refused(
    'account',
    'access password',
    'The workflow or app is locked, and its password is missing or wrong: RUNNINGHUB_ACCESS_PASSWORD',
  ),
};

/** Texts that say more than their code (runninghub-api 1.1, 1.3, 15, 16), and their row. */
const byText: readonly (readonly [RegExp, string, codes?: readonly string[]])[] = [
  [/user not exist/i, 'user-not-exist'],
  [/TASK_QUEUE_MAXED/, '421'],
  [/TASK_USER_CONCURRENT_LIMIT/, '1520'],
  [/APIKEY_TASK_CANCEL_NOT_ALLOWED/, '817'],
  // No code is documented for it. Under others the words may be a user's own, in a refused value.
  [/access[ _-]?password/i, 'access-password', ['301', '1007']],
];

const unknownRow = lost(
  'unknown',
  'unknown',
  'The service answered with a code that rh-batch does not know',
);

/** The row of an answer, by its text where that says more, else by its code. */
export const errorRow = (
  code: string,
  text: string,
): { readonly code: string; readonly row: ErrorRow } => {
  const found = byText.find(
    ([pattern, , codes]) => pattern.test(text) && codes?.includes(code) !== false,
  );
  const named = found?.[1] ?? (isGeneral(code) ? (nameIn(text) ?? code) : code);
  return { code: named, row: rowOf(named) ?? unknownRow };
};

/** Codes that say that something failed, and not what; and those that nobody knows. */
const isGeneral = (code: string): boolean => code === '1' || rowOf(code) === null;

/** The code of the first documented name that stands in a text: TASK_QUEUE_MAXED, for one. */
const nameIn = (text: string): string | null => {
  for (const [word] of text.matchAll(/[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+/g)) {
    const code = codeOfName(word);
    if (code !== null) return code;
  }
  return null;
};

/** Some services write the name of a code where its number belongs (runninghub-api 19.1). */
export const codeOfName = (word: string): string | null => {
  const name = word.trim().toUpperCase();
  if (name === 'SUCCESS' || name === 'OK') return '0';
  // NODE_INFO_MISMATCH(nodeId=…) and its like.
  const bare = name.replace(/\(.*$/s, '').trim();
  const found = Object.entries(errorTable).find(([, row]) =>
    row.name.split(', ').some((one) => one.toUpperCase() === bare),
  );
  return found === undefined || !/^-?\d+$/.test(found[0]) ? null : found[0];
};

/** null: no such code is documented. */
export const rowOf = (code: string): ErrorRow | null =>
  Object.hasOwn(errorTable, code) ? (errorTable[code] ?? null) : null;

/** Answers by which a key of the other site shows itself (runninghub-api 1.1). */
const keyTrouble: ReadonlySet<string> = new Set([
  '-1',
  '401',
  'http-401',
  '806',
  '1002',
  '1601',
  'user-not-exist',
]);

const sites = ['https://www.runninghub.cn', 'https://www.runninghub.ai'] as const;

/** What to try when the service does not know the key: the two sites know nothing of each other. */
export const otherSiteHint = (code: string, site: string): string | null => {
  if (!keyTrouble.has(code)) return null;
  const others = sites.filter((other) => hostOf(other) !== hostOf(site));
  return `a key of the other site needs --base-url ${others.join(' or ')}`;
};

const hostOf = (site: string): string => site.replace(/^https?:\/\//, '');

export const fault = (
  kind: FaultClass,
  code: string,
  message: string,
  more: Partial<Pick<Fault, 'retryAfterMs' | 'node' | 'field' | 'traceback'>> = {},
): Fault => ({
  class: kind,
  code,
  message,
  retryAfterMs: more.retryAfterMs ?? null,
  node: more.node ?? null,
  field: more.field ?? null,
  traceback: more.traceback ?? null,
});
