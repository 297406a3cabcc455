import { addDecimals, formatDecimal, parseDecimal } from '../../values/decimal.js';
import type { Plan } from '../../plan/plan.js';
import { assetsOf } from '../../plan/plan.js';
import { requestOf } from '../../plan/request.js';
import type { PriceDesk } from '../../runninghub/service.js';
import { count } from '../../values/amounts.js';
import { jsonText } from '../../values/json-text.js';

/** Distinct requests that are asked about. */
const most = 50;

/**
 * What the service itself says that the planned runs will cost; null where it prices nothing of
 * this target. A run with local files has no price before they are uploaded, so it is left out,
 * and said to be.
 */
export const priceText = async (plan: Plan, desk: PriceDesk): Promise<string | null> => {
  const { price: preview } = plan.target;
  if (preview === null) return null;
  const bodies = new Map<string, { times: number; ask: ReturnType<typeof preview> }>();
  let left = 0;
  for await (const run of plan.runs()) {
    if (!run.acts || !['new', 'changed', 'retry'].includes(run.action)) continue;
    const request = requestOf(plan, run, [], new Map());
    const body = jsonText(request.body);
    const known = bodies.get(body);
    const local = run.overrides.some(({ value }) => assetsOf(value).length > 0);
    if (known !== undefined) known.times += 1;
    else if (local || bodies.size >= most) left += 1;
    else bodies.set(body, { times: 1, ask: preview(request) });
  }
  let sum = parseDecimal('0');
  let priced = 0;
  let currency: string | null = null;
  for (const { times, ask } of bodies.values()) {
    const answer = await desk.price(ask);
    if (answer.is === 'failed') return `the service tells no price: ${answer.fault.message}`;
    const each = parseDecimal(answer.price);
    if (each === null || sum === null) return 'the service tells a price that is none';
    for (let time = 0; time < times; time += 1) sum = addDecimals(sum, each);
    priced += times;
    currency ??= answer.currency;
  }
  if (priced === 0 || sum === null) return null;
  const rest =
    left === 0 ? '' : `; ${count(left, 'run')} with local files or beyond ${most} not asked for`;
  return (
    `${count(priced, 'run')} for about ${formatDecimal(sum)} ${currency ?? ''}`.trimEnd() +
    ` by the service's own price${rest}`
  );
};
