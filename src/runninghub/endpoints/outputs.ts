import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { addDecimals } from '../decimal.js';
import type { Envelope } from '../envelope.js';
import { decimal, envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http.js';
import type { Fault, TaskAnswer, TaskCost, TaskOutput } from '../service.js';

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
      return { is: 'failed', fault: failure(envelope), cost: costOf(envelope.data) };
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
      outputs: data.flatMap((item) => output(item, site)),
      cost: costOf(data),
    };
  if (isObject(data) && data.has('failedReason'))
    return { is: 'failed', fault: failure(envelope), cost: noCost };
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

const output = (item: Json, site: string): TaskOutput[] => {
  if (!isObject(item)) return [];
  const url = textOf(item.get('fileUrl')) ?? textOf(item.get('url')) ?? '';
  const text = textOf(item.get('text'));
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
const costOf = (data: Json): TaskCost => {
  const items = isList(data) ? data.filter((item): item is JsonObject => isObject(item)) : [];
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
    taskTimeMs: seconds === null ? null : Math.round(Number(seconds) * 1000),
  };
};

const netWssUrl = (data: Json): string | null =>
  isObject(data) ? textOf(data.get('netWssUrl')) : null;

/** 805 with or without a reason, which may be nested or a JSON text (8). */
const failure = (envelope: Envelope): Fault => {
  const reason = reasonOf(envelope.data);
  if (reason === null)
    return fault(
      'task',
      '805',
      'The task failed or was cancelled, and the service gives no reason',
    );
  const get = (name: string): string => {
    const value = reason.get(name);
    return textOf(value) ?? decimal(value) ?? '';
  };
  const type = get('exception_type');
  const message = get('exception_message').trim() || envelope.text;
  const memory = /OutOfMemory|out of memory/i.test(`${type} ${message}`);
  const more = {
    node: get('node_id') || null,
    traceback: traceback(reason.get('traceback')),
  };
  const name = get('node_name');
  const sentence = `${name === '' ? 'The task' : name} failed${message === '' ? '' : `: ${message}`}`;
  return memory
    ? fault('input', type || '805', `${sentence}; it needs a larger machine (instance: plus)`, more)
    : fault('task', type || '805', sentence, more);
};

const reasonOf = (data: Json): JsonObject | null => {
  if (!isObject(data)) return null;
  const found = data.get('failedReason') ?? data;
  const parsed = typeof found === 'string' ? parseJson(found) : null;
  const reason = parsed?.ok === true ? parsed.value : found;
  return isObject(reason) &&
    (reason.has('exception_message') || reason.has('exception_type') || reason.has('node_id'))
    ? reason
    : null;
};

/** A JSON text of a list of lines, a list, or plain text. */
const traceback = (value: Json | undefined): string | null => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  const lines = read?.ok === true ? read.value : value;
  if (lines !== undefined && isList(lines))
    return (
      lines
        .filter((line) => typeof line === 'string')
        .join('')
        .slice(0, 20_000) || null
    );
  return typeof value === 'string' && value !== '' ? value.slice(0, 20_000) : null;
};
