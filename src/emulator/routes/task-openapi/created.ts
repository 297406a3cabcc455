import type { Json } from '../../../values/json.js';
import { JsonNumber } from '../../../values/json.js';
import { clientIdOf, map, number, promptTips, refusal, success } from '../../http/answers.js';
import type { Target } from '../../tasks/prepare.js';
import { isRefusal, refuse } from '../../http/refusal.js';
import type { Received } from '../../http/request.js';
import type { Task } from '../../tasks/task.js';
import type { Context } from '../route.js';
import { socketOf } from '../route.js';

/** What create, ai-app/run and quick-ai-app/run answer alike (API notes, sections 2.2 and 2.3). */
export const made = ({ key, body }: Received, target: Target, context: Context): Json => {
  const { fault, model } = context;
  if (fault?.kind === 'capacity')
    return refusal(refuse(fault.code ?? 421, fault.msg ?? 'TASK_QUEUE_MAXED'));
  const task = model.create(key, target, body);
  return isRefusal(task) ? refusal(task) : created(task, context);
};

/** `netWssUrl` is null until the task runs; `taskStatus` may already be SUCCESS (section 2.2). */
const created = (task: Task, context: Context): Json => {
  const status = context.model.statusOf(task);
  const data = map({
    netWssUrl: status === 'RUNNING' ? socketOf(task, context) : null,
    taskId: context.fault?.kind === 'numericIds' ? new JsonNumber(task.taskId) : task.taskId,
    clientId: clientIdOf(task),
    taskStatus: status === 'CANCEL' ? 'FAILED' : status,
    promptTips: tipsFor(task, context),
  });
  return context.fault?.kind === 'taskIdWithError'
    ? map({ code: number(context.fault.code ?? 1), msg: context.fault.msg ?? 'unknown', data })
    : success(data);
};

/** A text; sometimes empty, null, or with errors of outputs that were dropped (section 8). */
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
