import type { Json } from '../../../values/json.js';
import { failedReason, map, v2Refused } from '../../http/answers.js';
import { isRefusal } from '../../http/refusal.js';
import type { Task } from '../../tasks/task.js';
import type { Context, Route } from '../route.js';
import { costOf, textOf } from '../route.js';
import { flatRefusal, results } from './flat.js';

/** Ids are 64-bit: what is larger is no id at all (API notes, section 19.1). */
const largestId = 9_223_372_036_854_775_807n;

/**
 * `POST /openapi/v2/query`: state, results, cost and reason of any task of the account, also of
 * the old endpoints (API notes, section 5.4).
 */
export const query: Route = {
  name: 'queryV2',
  method: 'POST',
  path: /^\/openapi\/v2\/query$/,
  envelope: 'v2Flat',
  handle: ({ key, body }, context) => {
    const { model, fault } = context;
    const account = model.account(key);
    if (isRefusal(account)) return flatRefusal(account);
    const id = textOf(body.get('taskId')).trim();
    const unfit = unfitId(id);
    if (unfit !== null) return v2Refused({ code: 1007, msg: unfit });
    const task = model.taskOf(account, id);
    return task === null || fault?.kind === 'missing'
      ? v2Refused({
          // 1007 was seen, too (section 19.1).
          code: fault?.code ?? 1004,
          msg: fault?.msg ?? 'Task not found, please check the task ID',
        })
      : statusAnswer(task, context);
  },
};

/** What 1007 says of a text that is no id; null: it is one (sections 5.4 and 19.1). */
const unfitId = (id: string): string | null => {
  if (id === '') return 'taskId must not be null';
  if (!/^-?\d+$/.test(id) || BigInt(id) > largestId) return 'failed to parse request body';
  return /^[1-9]/.test(id) ? null : 'taskId must be greater than 0';
};

const shown = (task: Task, { model, fault }: Context): string => {
  const status = model.statusOf(task);
  switch (fault?.kind) {
    case 'flapping':
      return status === 'RUNNING' ? 'QUEUED' : 'RUNNING';
    case 'unknownStatus':
      return 'DREAMING';
    case 'falseFailure':
      return 'FAILED';
    default:
      return status;
  }
};

const statusAnswer = (task: Task, context: Context): Json => {
  const status = shown(task, context);
  const failure = status === 'FAILED' ? task.failure : null;
  const { seconds, coins, money } = costOf(task, context);
  const over = ['SUCCESS', 'FAILED', 'CANCEL'].includes(status);
  return map({
    taskId: task.taskId,
    status: status === 'CANCEL' ? context.model.options.cancelWord : status,
    errorCode: status === 'FAILED' ? (failure?.v2 ?? '1000') : '',
    errorMessage: status === 'FAILED' ? (failure?.message ?? 'unknown error') : '',
    failedReason: failure?.told === false ? map({}) : failedReason(failure),
    usage: map({
      consumeMoney: over ? money : null,
      consumeCoins: over ? coins : null,
      taskCostTime: over ? seconds : '0',
      thirdPartyConsumeMoney: null,
    }),
    results: status === 'SUCCESS' ? results(task, context) : null,
    clientId: '',
    promptTips: '',
  });
};
