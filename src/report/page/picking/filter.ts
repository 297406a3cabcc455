import type { Run } from '../batch.js';
import { button, h, option, select } from '../dom.js';
import type { Marks } from './marks.js';

const markKinds = ['picked', 'rejected', 'unmarked'] as const;
type MarkKind = (typeof markKinds)[number];

/** Which marks are shown: any of the kinds, and at least so many stars. */
export interface MarkChoice {
  readonly kinds: Set<MarkKind>;
  stars: number;
}

export const newMarkChoice = (): MarkChoice => ({ kinds: new Set(), stars: 0 });

/** A run is shown for any of its pictures. */
export const fitsMarks = (marks: Marks, { kinds, stars }: MarkChoice, run: Run): boolean => {
  if (kinds.size === 0 && stars === 0) return true;
  if (run.outputs.length === 0) return false;
  return run.outputs.some((_, output) => {
    const marked = marks.of({ run, output });
    const pick = marked?.pick ?? 'none';
    const given = marked?.stars ?? 0;
    const kind: MarkKind | null = pick !== 'none' ? pick : given > 0 ? null : 'unmarked';
    return (kinds.size === 0 || (kind !== null && kinds.has(kind))) && given >= stars;
  });
};

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
