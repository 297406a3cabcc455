import type { Json } from '../../../values/json.js';
import { clientIdOf, map, number, promptTips, refusal, v2Refused } from '../../http/answers.js';
import type { Account } from '../../tasks/account.js';
import type { Target } from '../../tasks/prepare.js';
import type { Refusal } from '../../http/refusal.js';
import { isRefusal, refuse } from '../../http/refusal.js';
import type { Received } from '../../http/request.js';
import type { Task } from '../../tasks/task.js';
import type { Context, Handler } from '../route.js';
import { textOfFile } from '../../tasks/outputs.js';
import { linkedFiles } from '../route.js';

/** Texts of V2's own codes (API notes, section 10.2). */
export const invalidUrl = refuse(1001, 'Invalid URL, please check your link');
export const wrongMethod = refuse(1009, 'HTTP method not supported, please check documentation');
export const enterpriseSharedOnly = refuse(
  1014,
  'Access Denied: Standard Model API is restricted to Enterprise-Shared API Keys only.',
);

const isAboutKey = ({ code, msg }: Refusal): boolean =>
  [301, 802, 806].includes(code) && /key|user|UNAUTHORIZED/i.test(msg);

/**
 * Trouble with the key has a code of its own in V2; the others come through as texts (section 2.6).
 */
export const flatRefusal = (found: Refusal): Json =>
  isAboutKey(found)
    ? v2Refused({ code: 1002, msg: 'Invalid API Key, please check your credentials' })
    : v2Refused(found);

/**
 * The management endpoints keep the old envelope, and say 401 of a bad key (sections 1.4, 10.1).
 */
export const managed =
  (answer: (account: Account, request: Received, context: Context) => Json): Handler =>
  (request, context) => {
    const account = context.model.account(request.key);
    if (!isRefusal(account)) return answer(account, request, context);
    return isAboutKey(account)
      ? map({ code: number(401), msg: 'ApiKey verification failed', data: null })
      : refusal(account);
  };

/** The flat answer of a submit (section 2.6); one that ended at once has its results (19.1). */
export const submitted = ({ key, body }: Received, target: Target, context: Context): Json => {
  const { model, fault } = context;
  if (fault?.kind === 'capacity')
    return v2Refused({
      code: fault.code ?? 421,
      msg: fault.msg ?? 'api queue limit reached, please retry later',
    });
  const task = model.create(key, target, body);
  if (isRefusal(task)) return flatRefusal(task);
  const status = model.statusOf(task);
  return map({
    taskId: task.taskId,
    status,
    errorCode: '',
    errorMessage: '',
    results: status === 'SUCCESS' ? results(task, context) : null,
    clientId: clientIdOf(task),
    promptTips: promptTips(task),
  });
};

/** A text stands in the answer itself, without a link (section 5.4). */
export const results = (task: Task, context: Context): Json => {
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
