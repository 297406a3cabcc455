import { isObject } from '../../values/json-text.js';
import { envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import type { Reply } from '../http/http.js';
import type { CancelAnswer } from '../service.js';

const tooLate = 'APIKEY_TASK_CANCEL_NOT_ALLOWED';

/** What `POST /task/openapi/cancel` says (runninghub-api 5.5, 19.1). */
export const cancelAnswer = (reply: Reply): CancelAnswer => {
  // One service writes the name of the code where its number belongs.
  if (reply.is === 'json' && isObject(reply.body) && textOf(reply.body.get('code')) === tooLate)
    return { is: 'ended' };
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'refused', fault: answer.fault };
  const { code, text } = answer.envelope;
  if (isGood(code)) return { is: 'taken' };
  if (code === '817' || text.includes(tooLate)) return { is: 'ended' };
  if (['807', '423', '1004'].includes(code)) return { is: 'gone' };
  return { is: 'refused', fault: envelopeFault(answer.envelope, answer.reply) };
};
