import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import { addDecimals } from '../decimal.js';
import type { Envelope } from '../envelope.js';
import { decimal, envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import { failureOf } from './failure.js';
import type { TaskAnswer, TaskCost, TaskOutput } from '../service.js';

const noCost: TaskCost = { coins: null, money: null, taskTimeMs: null };

/** What `POST /task/openapi/outputs` says about a task, with every variant of 5.3. */
export const outputsAnswer = (reply: Reply, site: string): TaskAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'unread', fault: answer.fault };
  const { envelope } = answer;
  if (isGood(envelope.code)) return good(envelope, site);
  switch (envelope.code) {
    case '804':
      return { is: 'running', netWssUrl: netWssUrl(envelope.data) };
    case '813':
      return { is: 'queued' };
    case '805':
      return {
        is: 'failed',
        fault: failureOf(envelope.data, envelope.text),
        cost: costOf(envelope.data),
      };
    case '807':
    case '423':
    case '1004':
      return { is: 'missing', fault: envelopeFault(envelope, answer.reply) };
    default: {
      const problem = envelopeFault(envelope, answer.reply);
      // Of a task that is known to exist, only the account's faults mean more than "ask again".
      const kind =
        problem.class === 'account' || problem.class === 'capacity' ? problem.class : 'transient';
      return { is: 'unread', fault: { ...problem, class: kind } };
    }
  }
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

/** A file or a text that a task made; empty where the item is neither. */
export const outputOf = (item: Json, site: string): TaskOutput[] => {
  if (!isObject(item)) return [];
  const first = (...names: string[]): string | null =>
    names.map((name) => textOf(item.get(name))).find((found) => found !== null && found !== '') ??
    null;
  const url = first('fileUrl', 'url', 'outputUrl') ?? '';
  const text = first('text', 'content', 'output');
  if (url === '' && text === null) return [];
  const type =
    textOf(item.get('fileType')) ?? textOf(item.get('outputType')) ?? (url === '' ? 'txt' : '');
  const node = item.get('nodeId');
  return [
    {
      url: url === '' ? '' : absolute(url, site),
      node: textOf(node) ?? decimal(node),
      type,
      text,
    },
  ];
};

const absolute = (url: string, site: string): string => {
  if (/^https?:\/\//i.test(url)) return url;
  return `${site}/${url.replace(/^\/+/, '')}`;
};

/** Costs are repeated on every output of a task: taken from the first that has them (12). */
export const costOf = (data: Json): TaskCost => {
  const list = isList(data) ? data : [data];
  const items = list.filter((item): item is JsonObject => isObject(item));
  const first = (name: string): string | null => {
    for (const item of items) {
      const value = decimal(item.get(name));
      if (value !== null) return value;
    }
    return null;
  };
  const seconds = first('taskCostTime');
  return {
    coins: first('consumeCoins'),
    money: addDecimals(first('consumeMoney'), first('thirdPartyConsumeMoney')),
    taskTimeMs: seconds === null ? null : believedMs(Number(seconds) * 1000),
  };
};

/** No task runs for more than a week: what says so is no time. */
const longestMs = 7 * 86_400_000;

const believedMs = (ms: number): number | null => (ms <= longestMs ? Math.round(ms) : null);

const netWssUrl = (data: Json): string | null =>
  isObject(data) ? textOf(data.get('netWssUrl')) : null;
