import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { warning } from '../../diagnostics/diagnostic.js';
import { compareDecimals, parseDecimal } from '../../values/decimal.js';
import type { Estimate } from '../../plan/plan.js';
import type { AccountAnswer, Service } from '../../runninghub/service.js';
import { shortDecimal } from '../../values/amounts.js';

/**
 * What to say where the coins that the plan expects to need are more than the account tells to
 * have; null: they suffice, or one of the two is not known.
 */
export const balanceWarning = (
  { coins, observations }: Pick<Estimate, 'coins' | 'observations'>,
  account: AccountAnswer,
): Diagnostic | null => {
  // Enterprise keys pay with money, whatever coins there are.
  if (account.is !== 'known' || account.type === 'SHARED' || account.type === 'EXCLUSIVE')
    return null;
  const needed = coins === null ? null : parseDecimal(coins);
  const there = account.coins === null ? null : parseDecimal(account.coins);
  if (coins === null || account.coins === null || needed === null || there === null) return null;
  if (compareDecimals(needed, there) <= 0) return null;
  return warning(
    'E0802',
    null,
    `this needs about ${shortDecimal(coins)} coins, and the account has ${shortDecimal(account.coins)}`,
    {
      notes: [`estimated from ${observations} past ${observations === 1 ? 'task' : 'tasks'}`],
      hint: 'when they are used up the batch stops, and the same command goes on after you paid',
    },
  );
};

/** Asks only where there is an estimate to compare with. */
export const askBalance = async (
  estimate: Estimate,
  service: Pick<Service, 'account'>,
  signal?: AbortSignal,
): Promise<Diagnostic | null> =>
  estimate.coins === null ? null : balanceWarning(estimate, await service.account(signal));
