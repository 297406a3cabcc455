import { envelopeFault, isGood, readAnswer, stateWord } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { StatusAnswer } from '../service.js';
import { saysMissing } from './refused-read.js';

const states: Readonly<Record<string, (StatusAnswer & { is: 'known' })['state']>> = {
  CREATE: 'queued',
  QUEUED: 'queued',
  RUNNING: 'running',
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  CANCEL: 'cancelled',
  CANCELED: 'cancelled',
  CANCELLED: 'cancelled',
};

/** What `POST /task/openapi/status` says: a bare word in `data` (5.1), or an object with it. */
export const statusAnswer = (reply: Reply): StatusAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'unread', fault: answer.fault };
  const { envelope } = answer;
  // Seen from this endpoint too.
  if (envelope.code === '804') return { is: 'known', state: 'running' };
  if (envelope.code === '813') return { is: 'known', state: 'queued' };
  const problem = envelopeFault(envelope, answer.reply);
  if (saysMissing(problem.code, envelope.text)) return { is: 'missing', fault: problem };
  if (!isGood(envelope.code)) return { is: 'unread', fault: problem };
  const { data, body, flat } = envelope;
  const word = stateWord(flat ? (body.get('status') ?? body.get('taskStatus')) : data);
  const state = Object.hasOwn(states, word) ? states[word] : undefined;
  return state === undefined
    ? {
        is: 'unread',
        fault: fault('transient', 'bad-answer', `The service answered with a state "${word}"`),
      }
    : { is: 'known', state };
};
