import type { Cost } from '../journal/event.js';
import { addTexts, formatDecimal, parseDecimal } from '../values/decimal.js';
import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';

/** Sums of money, digit for digit; null means "the service did not tell", which is not zero. */
export const noCost: Cost = { coins: null, money: null, taskTimeMs: null };

export const addCosts = (a: Cost, b: Cost): Cost => ({
  coins: addTexts(a.coins, b.coins),
  money: addTexts(a.money, b.money),
  taskTimeMs:
    a.taskTimeMs === null
      ? b.taskTimeMs
      : b.taskTimeMs === null
        ? a.taskTimeMs
        : a.taskTimeMs + b.taskTimeMs,
});

/** Nothing more was paid for it: zero of whatever is known. */
export const freeOf = ({ coins, money, taskTimeMs }: Cost): Cost => ({
  coins: coins === null ? null : '0',
  money: money === null ? null : '0',
  taskTimeMs: taskTimeMs === null ? null : 0,
});

/** A decimal as a JSON number with all its digits; text that is no decimal does not count. */
export const amount = (text: string | null): Json => {
  const value = text === null ? null : parseDecimal(text);
  return value === null ? null : new JsonNumber(formatDecimal(value));
};
