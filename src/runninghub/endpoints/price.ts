import { isObject } from '../../values/json-text.js';
import { decimal, envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { PriceAnswer } from '../service.js';

/** What `POST /openapi/v2/price-preview/<model path>` says, bare or in `data` (7.3). */
export const priceAnswer = (reply: Reply): PriceAnswer => {
  const body = reply.is === 'json' && isObject(reply.body) ? reply.body : null;
  const bare = body?.has('estimatedPrice') === true ? body : null;
  const answer = bare === null ? readAnswer(reply) : null;
  if (answer?.is === 'fault') return { is: 'failed', fault: answer.fault };
  if (answer !== null && !isGood(answer.envelope.code))
    return { is: 'failed', fault: envelopeFault(answer.envelope, answer.reply) };
  const holder = bare ?? answer?.envelope.data ?? null;
  const price = isObject(holder) ? decimal(holder.get('estimatedPrice')) : null;
  return price === null
    ? { is: 'failed', fault: fault('unknown', 'bad-answer', 'The service told no price') }
    : {
        is: 'known',
        price,
        currency: isObject(holder) ? textOf(holder.get('currency')) : null,
      };
};
