import type { Json } from '../../values/json.js';
import type { Refusal } from '../http/refusal.js';
import { isRefusal, refuse } from '../http/refusal.js';
import {
  clientIdOf,
  failedReason,
  map,
  number,
  promptTips,
  success,
  v2Refused,
} from '../http/answers.js';
import { allLinks, misfit } from '../graph/model-values.js';
import type { Received } from '../http/request.js';
import type { Target } from '../tasks/prepare.js';
import type { Task } from '../tasks/task.js';
import { textOfFile } from '../tasks/outputs.js';
import type { Context, Handler } from './route.js';
import { costOf, linkedFiles, textOf } from './route.js';

/** Trouble with the key has a code of its own in V2; the others come through (2.6). */
const refused = (found: Refusal): Json =>
  [301, 802, 806].includes(found.code) && /key|user|UNAUTHORIZED/i.test(found.msg)
    ? v2Refused({ code: 1002, msg: 'Invalid API Key, please check your credentials' })
    : v2Refused(found);

const made = ({ key, body }: Received, target: Target, { model, fault }: Context): Json => {
  if (fault?.kind === 'capacity')
    return v2Refused({
      code: fault.code ?? 421,
      msg: fault.msg ?? 'api queue limit reached, please retry later',
    });
  const task = model.create(key, target, body);
  if (isRefusal(task)) return refused(task);
  return map({
    taskId: task.taskId,
    status: model.statusOf(task) === 'RUNNING' ? 'RUNNING' : 'QUEUED',
    errorCode: '',
    errorMessage: '',
    results: null,
    clientId: clientIdOf(task),
    promptTips: promptTips(task),
  });
};

export const createV2: Handler = (request, context) => {
  const [, kind, id = ''] = /\/(workflow|ai-app)\/(\d+)$/.exec(request.path) ?? [];
  return made(request, { is: kind === 'ai-app' ? 'app' : 'workflow', id }, context);
};

/** Standard models (7.4): enterprise-shared keys only, types as they are described. */
export const model: Handler = (request, context) => {
  const account = context.model.account(request.key);
  if (isRefusal(account)) return refused(account);
  if (context.model.options.keys !== null && account.options.apiType !== 'SHARED')
    return v2Refused({
      code: 1014,
      msg: 'Access Denied: Standard Model API is restricted to Enterprise-Shared API Keys only.',
    });
  const path = request.path.replace('/openapi/v2/', '');
  const { models } = context.model.options;
  const described = models.get(path);
  if (described === undefined && models.size > 0)
    return v2Refused({ code: 1001, msg: 'Invalid URL, please check your link' });
  const wrong =
    described === undefined ? wrongParameter(request) : misfit(described, path, request.body);
  if (wrong !== null) return v2Refused({ code: 1007, msg: `Invalid parameters: ${wrong}` });
  if (!allLinks(request.body))
    return v2Refused({ code: 1001, msg: 'Invalid URL, please check your link' });
  return made(request, { is: 'model', path }, context);
};

/** A prompt or some media, and numbers as numbers. */
const wrongParameter = ({ body }: Received): string | null => {
  if (body.size === 0) return 'the body is empty';
  const prompt = body.get('prompt');
  if (prompt !== undefined && (typeof prompt !== 'string' || prompt.trim() === ''))
    return 'prompt cannot be empty';
  if (
    prompt === undefined &&
    ![...body.keys()].some((name) => /url|image|video|audio|text/i.test(name))
  )
    return 'prompt cannot be empty';
  return typeof body.get('duration') === 'string' && !/s$/.test(textOf(body.get('duration')))
    ? 'duration must be a number'
    : null;
};

/** Works for tasks of the old endpoints too (5.4). */
export const query: Handler = ({ key, body }, context) => {
  const account = context.model.account(key);
  if (isRefusal(account)) return refused(account);
  const id = textOf(body.get('taskId'));
  if (!/^[1-9]\d*$/.test(id))
    return v2Refused({ code: 1007, msg: 'taskId must be greater than 0' });
  const task = context.model.taskOf(account, id);
  return task === null || context.fault?.kind === 'missing'
    ? v2Refused({ code: 1004, msg: 'Task not found, please check the task ID' })
    : statusAnswer(task, context);
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

const results = (task: Task, context: Context): Json => {
  if (context.fault?.kind === 'emptyOutputs') return null;
  return linkedFiles(task, context).map(({ file, url }) => {
    const text = textOfFile(file);
    return map({
      url: text === null ? url : null,
      outputType: file.type,
      ...(context.fault?.kind === 'bareItems' ? {} : { nodeId: file.node }),
      text,
    });
  });
};

/** The only place that tells the limit; marked as developing (7.2). */
export const queue: Handler = ({ key }, { model: service }) => {
  const account = service.account(key);
  if (isRefusal(account))
    return map({ code: number(401), msg: 'ApiKey verification failed', data: null });
  if (!service.options.queueStatus)
    return map({ code: number(412), msg: 'TOKEN_INVALID', data: '' });
  account.advance(service.now());
  return success(
    map({
      apiKeyType: account.options.apiType,
      concurrentLimit: number(account.slots + account.queue),
      runningCount: String(account.running),
      queuedCount: String(account.waiting),
      totalCurrentTasks: String(account.inFlight),
    }),
  );
};

/** A GET on a path that takes POST (2.6). */
export const wrongMethod = refuse(1009, 'HTTP method not supported, please check documentation');
