import type { Json } from '../../../values/json.js';
import { failedReason, map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Task } from '../../tasks/task.js';
import type { Context, Route } from '../route.js';
import { costOf, linkedFiles, notFound, socketOf, withTask } from '../route.js';

const queued = refuse(813, 'APIKEY_TASK_IS_QUEUED');
const failed = refuse(805, 'APIKEY_TASK_STATUS_ERROR');

const running = (task: Task, context: Context): Json =>
  refusal(refuse(804, 'APIKEY_TASK_IS_RUNNING', map({ netWssUrl: socketOf(task, context) })));

/**
 * `POST /task/openapi/outputs`: progress as error codes (813 queued, 804 running, 805 failed or
 * cancelled), and in the end the files (API notes, section 5.2; its oddities, section 5.3).
 */
export const outputs: Route = {
  name: 'outputs',
  method: 'POST',
  path: /^\/task\/openapi\/outputs$/,
  envelope: 'old',
  handle: withTask((task, context) => {
    const now = context.model.statusOf(task);
    switch (context.fault?.kind) {
      case 'emptyOutputs':
        // Both forms occur (section 5.3); which one depends on the task, so that both are met.
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
  }),
};

/** The answer as it is; webhooks carry it too (API notes, section 6). */
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

/** The task's cost stands on every file: it is not the file's (API notes, section 12). */
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
