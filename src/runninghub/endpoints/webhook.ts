import type { Json } from '../../values/json.js';
import { isObject, parseJson } from '../../values/json-text.js';
import { countOf, digits, envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { WebhookAnswer, WebhookRetryAnswer } from '../service.js';

/** What `POST /task/openapi/getWebhookDetail` says (runninghub-api 6). */
export const webhookAnswer = (reply: Reply): WebhookAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'failed', fault: answer.fault };
  const { envelope } = answer;
  const { data, text } = envelope;
  if (isUnknown(envelope.code, text)) return { is: 'none' };
  if (!isGood(envelope.code)) return { is: 'failed', fault: envelopeFault(envelope, answer.reply) };
  const id = isObject(data) ? digits(data.get('id')) : null;
  if (!isObject(data) || id === null) {
    // A good answer without an event: seen of other endpoints, and true of a task without webhook.
    if (data === null) return { is: 'none' };
    const message = 'The service answered with a webhook event of an unknown form';
    return { is: 'failed', fault: fault('transient', 'bad-answer', message) };
  }
  return {
    is: 'known',
    id,
    url: textOf(data.get('webhookUrl')),
    status: textOf(data.get('callbackStatus')),
    response: textOf(data.get('callbackResponse')),
    retries: countOf(data.get('retryCount')),
    createdAt: textOf(data.get('createTime')),
    updatedAt: textOf(data.get('updateTime')),
    event: eventOf(data.get('eventData') ?? null),
  };
};

/** What `POST /task/openapi/retryWebhook` says. */
export const webhookRetryAnswer = (reply: Reply): WebhookRetryAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'failed', fault: answer.fault };
  const { envelope } = answer;
  if (isGood(envelope.code)) return { is: 'sent' };
  if (isUnknown(envelope.code, envelope.text)) return { is: 'none' };
  return { is: 'failed', fault: envelopeFault(envelope, answer.reply) };
};

/** Code 1 is a general failure; which one it is stands in the text. */
const isUnknown = (code: string, text: string): boolean =>
  code === '1' && /webhook event not exist/i.test(text);

/** The outputs answer, which is JSON as text. */
const eventOf = (data: Json): Json => {
  const read = typeof data === 'string' ? parseJson(data) : null;
  return read?.ok === true ? read.value : data;
};
