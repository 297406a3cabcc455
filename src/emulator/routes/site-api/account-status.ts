import { map, refusal, success } from '../../http/answers.js';
import { isRefusal } from '../../http/refusal.js';
import { moneyText } from '../../tasks/task.js';
import type { Route } from '../route.js';

/**
 * `POST /uc/openapi/accountStatus`: the key as lower-case `apikey`, numbers as texts, and 301
 * "user not exist" for a key that it does not know (API notes, section 7.1).
 */
export const accountStatus: Route = {
  name: 'account',
  method: 'POST',
  path: /^\/uc\/openapi\/accountStatus$/,
  envelope: 'old',
  handle: ({ key }, { model }) => {
    const found = model.account(key);
    if (isRefusal(found))
      return refusal(found.code === 802 ? { ...found, code: 301, msg: 'user not exist' } : found);
    found.advance(model.now());
    const { coins, money, inFlight, options } = found;
    const wallet = found.paysMoney ? (money ?? 999_000_000) : found.paysCoins ? null : money;
    return success(
      map({
        remainCoins: String(Math.max(0, Math.floor(coins))),
        currentTaskCounts: String(inFlight),
        remainMoney: wallet === null ? null : moneyText(Math.max(0, wallet)),
        currency: wallet === null ? null : 'CNY',
        apiType: options.apiType,
      }),
    );
  },
};
