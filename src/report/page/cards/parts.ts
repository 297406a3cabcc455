import type { Attributes, Child } from '../dom.js';
import { verdictWords } from '../../terms.js';
import type { Item, Run } from '../batch.js';
import { badgeOf } from '../picking/badge.js';
import { faceAt } from './media.js';
import { runOf } from '../batch.js';
import type { Context } from '../context.js';
import type { Captions } from '../captions/captions.js';
import { toldOf } from '../captions/captions.js';
import { button, h } from '../dom.js';
import { joined } from '../format.js';
import { promptOf } from '../run-text.js';

/** `succeeded before`, with a dot in its colour. */
export const statusMark = ({ status, reused, doing }: Run): HTMLElement =>
  h('span', {
    class: `status s-${status}`,
    text: doing ?? (reused === true ? `${status} before` : status),
  });

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
  return button(
    { class: 'stage' },
    () => context.open(item),
    openLabel(run, state),
    ...content,
    run.past ? null : badgeOf(context.marks, { run, output: faceAt(run) }),
  );
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

/** The prompt, where the captions tell it, and the other values. */
export const toldLines = ({ view, batch }: Context, run: Run): readonly HTMLElement[] => [
  ...(view.told.prompt === null && batch.promptAt !== null
    ? []
    : [h('p', { class: 'prompt', text: promptOf(batch, run) })]),
  valuesLine(view.told, run),
];

export const valuesLine = (captions: Captions, run: Run): HTMLElement => {
  const told = toldOf(captions, run);
  return h(
    'p',
    { class: 'rest', title: joined(told.map(({ name, value }) => `${name} ${value}`)) },
    told.map(({ name, value }) =>
      h(
        'span',
        { class: 'told-value' },
        h('span', { class: 'told-name', text: name }),
        ` ${value}`,
      ),
    ),
  );
};

/** The place of a card in the whole list, of which only a part exists. */
export const placeInList = (item: Item, at: number, total: number): Attributes => ({
  role: 'listitem',
  'aria-posinset': at + 1,
  'aria-setsize': total,
  'data-run': item.key,
});
