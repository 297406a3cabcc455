import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import {
  clientIdOf,
  failedReason,
  map,
  number,
  promptTips,
  refusal,
  success,
} from '../http/answers.js';
import { idOf } from '../graph/check.js';
import { isRefusal, refuse } from '../http/refusal.js';
import type { Target } from '../tasks/prepare.js';
import type { Received } from '../http/request.js';
import type { Task } from '../tasks/task.js';
import type { Context, Handler } from './route.js';
import { costOf, linkedFiles, notFound, socketOf, textOf, withTask } from './route.js';

export const create: Handler = (request, context) =>
  made(request, { is: 'workflow', id: idOf(request.body.get('workflowId')) }, context);

/** Quick create (2.5): an app's call with the code of a model; all values are texts. */
export const quickRun: Handler = (request, context) => {
  const { body } = request;
  const list = body.get('nodeInfoList');
  const entries = list !== undefined && isList(list) ? list : [];
  if (textOf(body.get('quickCreateCode')) === '')
    return refusal(refuse(301, 'quickCreateCode cannot be empty'));
  return entries.every((entry) => isObject(entry) && typeof entry.get('fieldValue') === 'string')
    ? appRun(request, context)
    : refusal(refuse(301, 'fieldValue must be a string'));
};

/** AI apps (2.3). */
export const appRun: Handler = (request, context) => {
  const list = request.body.get('nodeInfoList');
  return list === undefined || !isList(list)
    ? refusal(refuse(301, 'nodeInfoList cannot be empty'))
    : made(request, { is: 'app', id: idOf(request.body.get('webappId')) }, context);
};

const made = ({ key, body }: Received, target: Target, context: Context): Json => {
  const { fault, model } = context;
  if (fault?.kind === 'capacity')
    return refusal(refuse(fault.code ?? 421, fault.msg ?? 'TASK_QUEUE_MAXED'));
  const task = model.create(key, target, body);
  return isRefusal(task) ? refusal(task) : created(task, context);
};

const created = (task: Task, context: Context): Json => {
  const running = context.model.statusOf(task) === 'RUNNING';
  const data = map({
    netWssUrl: running ? socketOf(task, context) : null,
    taskId: context.fault?.kind === 'numericIds' ? new JsonNumber(task.taskId) : task.taskId,
    clientId: clientIdOf(task),
    taskStatus: running ? 'RUNNING' : 'QUEUED',
    promptTips: tipsFor(task, context),
  });
  return context.fault?.kind === 'taskIdWithError'
    ? map({ code: number(context.fault.code ?? 1), msg: context.fault.msg ?? 'unknown', data })
    : success(data);
};

/** `promptTips` is a text; sometimes empty, null, or with errors of outputs that were dropped (8). */
const tipsFor = (task: Task, { fault }: Context): string | null => {
  switch (fault?.kind) {
    case 'tipsNull':
      return null;
    case 'tipsEmpty':
      return '';
    default:
      return promptTips(task, fault?.kind === 'tipsErrors');
  }
};

/** A bare word (5.1); it has none for a cancelled task. */
export const status = withTask((task, { model, fault }) => {
  switch (fault?.kind) {
    case 'unknownStatus':
      return success('DREAMING', '');
    case 'flapping':
      return success(model.statusOf(task) === 'RUNNING' ? 'QUEUED' : 'RUNNING', '');
    case 'falseFailure':
      return success('FAILED', '');
    case 'missing':
      return refusal(notFound);
    default: {
      const now = model.statusOf(task);
      return success(now === 'CANCEL' ? 'FAILED' : now, '');
    }
  }
});

const queued = refuse(813, 'APIKEY_TASK_IS_QUEUED');
const failed = refuse(805, 'APIKEY_TASK_STATUS_ERROR');

const running = (task: Task, context: Context): Json =>
  refusal(refuse(804, 'APIKEY_TASK_IS_RUNNING', map({ netWssUrl: socketOf(task, context) })));

export const outputs = withTask((task, context) => {
  const now = context.model.statusOf(task);
  switch (context.fault?.kind) {
    case 'emptyOutputs':
      // Both forms occur (5.3); which one depends on the task, so that both are met.
      return success(/[13579]..$/.test(task.taskId) ? [] : null);
    case 'flapping':
      return now === 'RUNNING' ? refusal(queued) : running(task, context);
    case 'unknownStatus':
      return refusal(refuse(899, 'APIKEY_TASK_IS_DREAMING'));
    case 'falseFailure':
      return refusal(failed);
    case 'missing':
      return refusal(notFound);
    default:
      return honestOutputs(task, context);
  }
});

/** The outputs answer as it is (5.2); webhooks carry it too. */
export const honestOutputs = (task: Task, context: Context): Json => {
  switch (context.model.statusOf(task)) {
    case 'QUEUED':
      return refusal(queued);
    case 'RUNNING':
      return running(task, context);
    case 'SUCCESS':
      return success(outputList(task, context));
    case 'FAILED':
      return task.failure?.told === false
        ? refusal(failed)
        : refusal({ ...failed, data: map({ failedReason: failedReason(task.failure) }) });
    case 'CANCEL':
      return refusal(failed);
  }
};

/** The task's cost stands on every file: it is not the file's (12). */
const outputList = (task: Task, context: Context): Json => {
  const { seconds, coins, money } = costOf(task, context);
  return linkedFiles(task, context).map(({ file, url }) =>
    map({
      fileUrl: url,
      fileType: file.type,
      ...(context.fault?.kind === 'bareItems'
        ? {}
        : {
            taskCostTime: seconds,
            nodeId: file.node,
            thirdPartyConsumeMoney: null,
            consumeMoney: money,
            consumeCoins: coins,
          }),
    }),
  );
};

/** Also a task that ended before is not found (5.5). */
export const cancel = withTask((task, { model, fault }) => {
  switch (fault?.kind) {
    case 'lateCancel':
      return success(null);
    case 'cancelRefused':
      return refusal(refuse(fault.code ?? 1, fault.msg ?? 'APIKEY_TASK_CANCEL_NOT_ALLOWED'));
    default:
      return model.end(task, 'CANCEL') ? success(null) : refusal(notFound);
  }
});
