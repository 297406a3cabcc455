import type { Json } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import type { Account } from '../tasks/account.js';
import { netWssUrl, refusal } from '../http/answers.js';
import type { FaultRule } from '../http/faults.js';
import type { Links } from '../http/links.js';
import type { OutputFile, Rendering } from '../tasks/outputs.js';
import { outputFiles } from '../tasks/outputs.js';
import { isRefusal, refuse } from '../http/refusal.js';
import type { Received } from '../http/request.js';
import type { ServiceModel } from '../service.js';
import type { Task } from '../tasks/task.js';
import { moneyText, secondsOf } from '../tasks/task.js';
import type { Webhooks } from '../http/webhooks.js';

export interface Context {
  readonly model: ServiceModel;
  readonly webhooks: Webhooks;
  readonly links: Links;
  readonly rendering: Rendering;
  /** `http://127.0.0.1:8188`; links point here, whatever Host the client sent. */
  readonly site: string;
  /** The fault drawn for this request, for those that change what is said rather than how. */
  readonly fault: FaultRule | null;
}

export type Handler = (request: Received, context: Context) => Json;

/** How an endpoint wraps its answers (API notes, section 1.4). */
export type Envelope = 'old' | 'v2Upload' | 'v2Flat';

export interface Route {
  /** Endpoint's name, in stats and for faults. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: RegExp;
  readonly envelope: Envelope;
  readonly handle: Handler;
}

export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : jsonText(value);

/** For the account that the key opens; refused otherwise. */
export const withAccount =
  (answer: (account: Account, request: Received, context: Context) => Json): Handler =>
  (request, context) => {
    const account = context.model.account(request.key);
    return isRefusal(account) ? refusal(account) : answer(account, request, context);
  };

export const notFound = refuse(807, 'APIKEY_TASK_NOT_FOUND');

/**
 * For the task that the request names, if the key may see it. An id may come as a text or as a
 * number; what is none is 301 (API notes, sections 1.5 and 5.1).
 */
export const withTask = (answer: (task: Task, context: Context) => Json): Handler =>
  withAccount((account, { body }, context) => {
    const id = textOf(body.get('taskId')).trim();
    if (id === '') return refusal(refuse(301, 'taskId cannot be empty'));
    if (!/^[1-9]\d*$/.test(id)) return refusal(refuse(301, 'taskId must be positive'));
    const task = context.model.taskOf(account, id);
    return task === null ? refusal(notFound) : answer(task, context);
  });

export const socketOf = (task: Task, { site }: Context): string =>
  netWssUrl(task, site.replace(/^http/, 'ws'));

/** A task's files and where they are fetched. */
export const linkedFiles = (
  task: Task,
  { links, model, rendering, site, fault }: Context,
): { readonly file: OutputFile; readonly url: string }[] =>
  outputFiles(task, rendering).map((file, index) => {
    const path = `/output/${task.taskId}/${index}/${encodeURIComponent(file.name)}`;
    const signed = links.sign(path, model.now());
    return { file, url: fault?.kind === 'relativeLinks' ? signed : `${site}${signed}` };
  });

/**
 * What a task cost, as texts: coins for member keys, money for enterprise-shared ones; null where
 * nothing was taken, as of failed tasks (API notes, sections 5.4 and 12).
 */
export const costOf = (
  task: Task,
  { model }: Context,
): { readonly seconds: string; readonly coins: string | null; readonly money: string | null } => {
  const now = model.now();
  const account = model.accounts.get(task.accountId);
  const free = task.outcome === 'FAILED' && !model.options.failedTasksCost;
  if (account === undefined || free) return { seconds: '0', coins: null, money: null };
  const { coins, thousandths } = account.costOf(task, now);
  return {
    seconds: String(secondsOf(task, now)),
    coins: account.paysCoins ? String(coins) : null,
    money: account.paysMoney ? moneyText(thousandths) : null,
  };
};
