import { isMarked } from '../../../picks/marked.js';
import { h } from '../dom.js';
import type { Marks, Picture } from './marks.js';
import { keyOf } from './marks.js';

const words = { picked: 'picked', rejected: 'rejected', none: '' } as const;
const signs = { picked: '✓', rejected: '✕', none: '' } as const;

/** What is thought of a picture, on its card. Empty where nothing is. */
export const badgeOf = (marks: Marks, picture: Picture): HTMLElement => {
  const badge = h('span', { class: 'mark', 'data-picture': keyOf(picture) });
  drawBadge(badge, marks, picture);
  return badge;
};

export const drawBadge = (badge: HTMLElement, marks: Marks, picture: Picture): void => {
  const marked = marks.of(picture);
  const said = marked !== null && isMarked(marked) ? marked : null;
  badge.setAttribute('data-pick', said?.pick ?? 'none');
  if (said === null) {
    badge.replaceChildren();
    return;
  }
  const changed = marks.isChanged(picture);
  badge.replaceChildren(
    h('span', { class: 'unseen', text: textOf(said.pick, said.stars, changed) }),
    h('span', {
      'aria-hidden': 'true',
      text: `${signs[said.pick]}${'★'.repeat(said.stars)}${changed ? ' changed' : ''}`,
    }),
  );
};

/** `picked, 3 stars` */
export const textOf = (pick: keyof typeof words, stars: number, changed: boolean): string =>
  [
    words[pick],
    stars === 0 ? '' : `${stars} ${stars === 1 ? 'star' : 'stars'}`,
    changed ? 'changed since it was marked' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
