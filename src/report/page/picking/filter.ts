import { button, h, option, select } from '../dom.js';
import type { MarkChoice } from './mark-choice.js';
import { markKinds } from './mark-choice.js';

/** Buttons and a list among the tools. */
export const markFilter = (choice: MarkChoice, changed: () => void): HTMLElement => {
  const buttons = markKinds.map((kind) =>
    button(
      {
        class: `toggle m-${kind}`,
        'aria-pressed': String(choice.kinds.has(kind)),
        text: kind,
      },
      (pressed) => {
        if (!choice.kinds.delete(kind)) choice.kinds.add(kind);
        pressed.setAttribute('aria-pressed', String(choice.kinds.has(kind)));
        changed();
      },
    ),
  );
  const stars = select(
    { 'aria-label': 'Stars' },
    (value) => {
      choice.stars = Number(value);
      changed();
    },
    [0, 1, 2, 3, 4, 5].map((least) =>
      option(
        least,
        least === 0 ? 'Any stars' : least === 5 ? '★★★★★' : `${'★'.repeat(least)} or more`,
        least === choice.stars,
      ),
    ),
  );
  return h('div', { class: 'toggles', role: 'group', 'aria-label': 'Marks' }, buttons, stars);
};
