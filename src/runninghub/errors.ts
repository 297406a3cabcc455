import type { Fault, FaultClass } from './service.js';

/** What follows from a documented answer (runninghub-api 10). The one table. */
export interface ErrorRow {
  readonly class: FaultClass;
  /** After a create: certain that no task exists, or not (10.3). */
  readonly create: 'refused' | 'lost';
  /** For people: what happened and what to do. */
  readonly about: string;
}

const row = (kind: FaultClass, create: ErrorRow['create'], about: string): ErrorRow => ({
  class: kind,
  create,
  about,
});

export const errorTable: Readonly<Record<string, ErrorRow>> = {
  '-1': row('account', 'lost', 'The API key was not accepted'),
  '1': row('unknown', 'lost', 'The service answered with a general failure'),
  '301': row('input', 'refused', 'A parameter of the request is not valid'),
  '380': row(
    'account',
    'refused',
    'The workflow does not exist, or belongs to another account or site: check workflowId',
  ),
  '401': row('account', 'refused', 'The API key was not accepted'),
  '412': row(
    'account',
    'refused',
    'The service refused the request as a whole: the base URL is wrong, or the key is not for it',
  ),
  '414': row('account', 'refused', 'There are not enough RH coins on the account'),
  '415': row('capacity', 'refused', 'All dedicated machines are busy'),
  '416': row('account', 'refused', 'There is not enough money in the wallet'),
  '421': row('capacity', 'refused', "The account's limit of concurrent tasks is reached"),
  '423': row('task', 'refused', 'The service does not know this task'),
  '433': row('input', 'refused', 'The workflow or its values are not valid'),
  '435': row(
    'account',
    'refused',
    'The account has no machine of this type: check instance (48 GB is "plus")',
  ),
  '436': row('account', 'refused', 'The dedicated membership has expired'),
  '500': row('transient', 'lost', 'The service had an internal error'),
  '605': row('account', 'refused', 'The balance is used up'),
  '801': row('account', 'refused', 'Free accounts have no API access: a membership is needed'),
  '802': row('account', 'refused', 'The API key is wrong or has expired'),
  '803': row('input', 'refused', 'An override does not fit the workflow saved on the service'),
  '804': row('transient', 'lost', 'The service says that the task is running'),
  '805': row('task', 'lost', 'The task failed or was cancelled'),
  '806': row(
    'account',
    'refused',
    'The service knows no user for this key: is it a key of the other site (.cn, .ai)?',
  ),
  '807': row('task', 'lost', 'The service does not know this task'),
  '808': row('transient', 'lost', "The service's storage failed"),
  '809': row('input', 'refused', 'The file is larger than the service takes (30 MB)'),
  '810': row(
    'account',
    'refused',
    'The workflow was never run: save it and run it once on the site',
  ),
  '811': row('account', 'refused', 'The enterprise key is not valid'),
  '812': row('account', 'refused', 'The enterprise account is short of money'),
  '813': row('transient', 'lost', 'The service says that the task is queued'),
  '814': row('capacity', 'refused', 'The personal queue is full'),
  '901': row('account', 'refused', 'The AI app does not exist'),
  '1000': row('transient', 'lost', 'The service had an unknown error'),
  '1001': row('input', 'refused', 'The service says that the URL is not valid'),
  '1002': row('account', 'refused', 'The API key is not valid'),
  '1003': row('capacity', 'refused', 'Too many requests'),
  '1004': row('task', 'lost', 'The service does not know this task, or it has expired'),
  '1005': row('transient', 'lost', 'The service had an internal error'),
  '1006': row('task', 'lost', 'The task took too long for the service'),
  '1007': row('input', 'refused', 'A parameter of the request is not valid'),
  '1008': row('input', 'refused', 'The file is larger than the service takes'),
  '1009': row('input', 'refused', 'The service does not take this HTTP method'),
  '1010': row('transient', 'lost', 'The service is not available'),
  '1011': row('capacity', 'refused', 'The service is busy'),
  '1012': row('transient', 'lost', 'An upstream service gave no valid answer'),
  '1013': row('task', 'lost', 'The service could not process a file'),
  '1014': row('account', 'refused', 'Standard models are for enterprise-shared keys only'),
  '1015': row('task', 'lost', 'The generation failed'),
  '1101': row('input', 'refused', 'An override does not fit'),
  '1501': row('input', 'refused', 'The content check refused a prompt or picture'),
  '1504': row('task', 'lost', 'The model took too long'),
  '1505': row('input', 'refused', 'Pictures of real people are not allowed'),
  '1516': row('unknown', 'lost', 'The service answered with an undocumented code'),
  '1517': row('unknown', 'lost', 'The service answered with an undocumented code'),
  '1519': row('unknown', 'lost', 'The service answered with an undocumented code'),
  '1520': row('capacity', 'refused', "The user's limit of concurrent tasks is reached"),
  '1601': row('account', 'refused', 'The API key was not accepted'),
  APIKEY_TASK_CANCEL_NOT_ALLOWED: row('task', 'refused', 'The task cannot be cancelled now'),
};

/** Texts that say more than their code (runninghub-api 1.1, 15, 16). */
const byText: readonly (readonly [RegExp, string, ErrorRow])[] = [
  [
    /user not exist/i,
    'user-not-exist',
    row(
      'account',
      'refused',
      'The service knows no user for this key: is it a key of the other site (.cn, .ai)?',
    ),
  ],
  [
    /TASK_QUEUE_MAXED/,
    '421',
    row('capacity', 'refused', "The account's limit of concurrent tasks is reached"),
  ],
  [
    /TASK_USER_CONCURRENT_LIMIT/,
    '1520',
    row('capacity', 'refused', "The user's limit of concurrent tasks is reached"),
  ],
  [
    /APIKEY_TASK_CANCEL_NOT_ALLOWED/,
    'APIKEY_TASK_CANCEL_NOT_ALLOWED',
    row('task', 'refused', 'The task cannot be cancelled now'),
  ],
];

const unknownRow = row(
  'unknown',
  'lost',
  'The service answered with a code that rh-batch does not know',
);

/** The row of an answer, by its text where that says more, else by its code. */
export const errorRow = (
  code: string,
  text: string,
): { readonly code: string; readonly row: ErrorRow } => {
  for (const [pattern, named, found] of byText)
    if (pattern.test(text)) return { code: named, row: found };
  const known = Object.hasOwn(errorTable, code) ? errorTable[code] : undefined;
  return { code, row: known ?? unknownRow };
};

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
