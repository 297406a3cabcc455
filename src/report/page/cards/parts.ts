import type { Attributes, Child } from '../dom.js';
import { verdictWords } from '../../terms.js';
import type { Item, Run } from '../batch.js';
import { runOf } from '../batch.js';
import type { Context } from '../context.js';
import { button, h } from '../dom.js';

/** `succeeded before`, with a dot in its colour. */
export const statusMark = ({ status, reused }: Run): HTMLElement =>
  h('span', { class: `status s-${status}`, text: reused === true ? `${status} before` : status });

/** For those who do not see the picture. It is read before the picture's own text. */
export const openLabel = (run: Run, state: string): HTMLElement =>
  h('span', { class: 'unseen', text: `Open ${run.name}, ${state}` });

export const openButton = (
  context: Context,
  item: Item,
  ...content: readonly Child[]
): HTMLButtonElement => {
  const run = runOf(item);
  const state = item.is === 'pair' ? verdictWords[item.verdict] : run.status;
  return button({ class: 'stage' }, () => context.open(item), openLabel(run, state), ...content);
};

/** The first click keeps a run in mind, the second one shows both. */
export const pickButton = ({ view, pick }: Context, run: Run): HTMLButtonElement => {
  const pinned = view.pinned === run;
  return button(
    {
      class: 'pick',
      'aria-pressed': String(pinned),
      title: pinned ? 'Chosen; choose another' : 'Compare',
      'aria-label': `Compare ${run.name}`,
      text: '⇄',
    },
    () => pick(run),
  );
};

/** The place of a card in the whole list, of which only a part exists. */
export const placeInList = (item: Item, at: number, total: number): Attributes => ({
  role: 'listitem',
  'aria-posinset': at + 1,
  'aria-setsize': total,
  'data-run': item.key,
});
