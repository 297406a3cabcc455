import { isList, isObject } from '../../values/json-text.js';
import type { Envelope } from '../envelope.js';
import { isGood, readAnswer } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { TaskAnswer, TaskCost } from '../service.js';
import { failureOf } from './failure.js';
import { flatTask, noStatus } from './flat-task.js';
import { costOf, outputOf } from './output.js';
import { refusedRead } from './refused-read.js';

const noCost: TaskCost = { coins: null, money: null, taskTimeMs: null };

/**
 * What is said about a task by `POST /task/openapi/outputs`, with every variant of 5.3, and by
 * `POST /openapi/v2/query` (5.4): either shape is understood from either of them.
 */
export const taskAnswer = (reply: Reply, site: string): TaskAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'unread', fault: answer.fault };
  const { envelope } = answer;
  if (envelope.flat) return flatTask(envelope, answer.reply, site);
  return isGood(envelope.code) ? good(envelope, site) : refusedRead(envelope, answer.reply);
};

/**
 * An 805 without a reason is of a task that failed or was cancelled (5.3). The query of V2, which
 * knows tasks of either family, has a word for each; of cancelled tasks it was seen to have none.
 */
export const sureOf = (
  told: TaskAnswer & { readonly is: 'failed' },
  query: TaskAnswer,
): TaskAnswer => {
  if (query.is === 'cancelled' || query.is === 'failed') return query;
  return query.is === 'missing' && query.fault.code === noStatus
    ? { is: 'cancelled', cost: told.cost }
    : { ...told, orCancelled: true };
};

const good = (envelope: Envelope, site: string): TaskAnswer => {
  const { data, text } = envelope;
  if (isList(data))
    return {
      is: 'succeeded',
      outputs: data.flatMap((item) => outputOf(item, site)),
      cost: costOf(data),
    };
  if (isObject(data) && data.has('failedReason'))
    return { is: 'failed', fault: failureOf(envelope.data, envelope.text), cost: noCost };
  if (data === null) {
    if (/QUEUED|排队/i.test(text)) return { is: 'queued' };
    if (/RUNNING|运行/i.test(text)) return { is: 'running', netWssUrl: null };
    return { is: 'succeeded', outputs: [], cost: noCost };
  }
  return {
    is: 'unread',
    fault: fault('transient', 'bad-answer', 'The service answered with outputs of an unknown form'),
  };
};
