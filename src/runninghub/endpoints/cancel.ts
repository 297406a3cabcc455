import { envelopeFault, isGood, readAnswer } from '../envelope.js';
import type { Reply } from '../http/http.js';
import type { CancelAnswer } from '../service.js';
import { saysMissing } from './refused-read.js';

/** What `POST /task/openapi/cancel` says (runninghub-api 5.5, 19.1). */
export const cancelAnswer = (reply: Reply): CancelAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'refused', fault: answer.fault };
  const { code, text } = answer.envelope;
  if (isGood(code)) return { is: 'taken' };
  const problem = envelopeFault(answer.envelope, answer.reply);
  if (problem.code === '817') return { is: 'ended' };
  return saysMissing(problem.code, text) ? { is: 'gone' } : { is: 'refused', fault: problem };
};
