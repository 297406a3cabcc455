import { duration } from '../../../values/amounts.js';
import { verdictWords } from '../../terms.js';
import type { Batch, Pair, Run } from '../batch.js';
import { runOf } from '../batch.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { clip, joined, signed } from '../format.js';
import { inputRows } from '../inputs.js';
import { errorText } from '../run-text.js';
import { shortName } from '../values/columns.js';
import { differenceText } from '../values/difference.js';
import { stillOf } from './media.js';
import { openButton, placeInList, valuesLine } from './parts.js';

/** A run of the batch before and the same one of now, side by side on one card. */
export const pairCardOf = (
  context: Context,
  pair: Pair,
  at: number,
  total: number,
): HTMLElement => {
  const { batch } = context;
  const run = runOf(pair);
  return h(
    'div',
    { class: `card both v-${pair.verdict}`, ...placeInList(pair, at, total) },
    openButton(
      context,
      pair,
      sideOf(context, pair.before, 'before', 'not there'),
      sideOf(context, pair.after, 'now', 'gone'),
    ),
    h(
      'div',
      { class: 'caption' },
      h('h3', { text: run.name, title: run.name }),
      h('p', { class: 'prompt', text: changeText(batch, pair) }),
      valuesLine(context.view.told, run),
      h(
        'p',
        { class: 'foot' },
        h('span', { class: 'verdict', text: verdictWords[pair.verdict] }),
        h('span', { text: joined([differenceText(pair), moreText(pair)]) }),
      ),
    ),
  );
};

const sideOf = (context: Context, run: Run | null, label: string, otherwise: string): HTMLElement =>
  h(
    'span',
    { class: 'side-of' },
    run === null
      ? h('span', { class: 'sign' }, h('span', { class: 'note', text: otherwise }))
      : stillOf(context, run),
    h('span', { class: 'when', text: label }),
  );

/** What the newer run cost and took more than the older one. */
export const moreText = ({ coins, money, runMs }: Pair): string =>
  joined([
    coins === undefined ? null : signed(coins, (text) => `${text} coins`),
    money === undefined ? null : signed(money, (text) => `${text} in money`),
    runMs === undefined || Math.abs(runMs) < 1000
      ? null
      : signed(runMs, (text) => duration(Number(text))),
  ]);

const changeText = (batch: Batch, { verdict, before, after }: Pair): string => {
  if (before === null) return 'not in the batch before';
  if (after === null) return 'no longer in this batch';
  if (verdict !== 'worse') return changedInputs(batch, before, after);
  return after.error === undefined ? after.status : clip(errorText(after.error));
};

/** `prompt, seed differ` */
const changedInputs = (batch: Batch, before: Run, after: Run): string => {
  const names = inputRows(batch, before, after)
    .filter(({ differs }) => differs)
    .map(({ name }) => shortName(name));
  if (names.length === 0) return 'equal inputs';
  const listed = names.slice(0, 4).join(', ');
  const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
  return `${listed}${more} ${names.length === 1 ? 'differs' : 'differ'}`;
};
