import { grouped } from '../../../values/amounts.js';
import type { Axis } from '../batch.js';
import type { Context } from '../context.js';
import { button, h, option, select } from '../dom.js';
import type { Axes } from './axes.js';

type Side = 'down' | 'across';

/** Which variables go down and across; the second one of a side divides the first. */
export const axesChoice = (context: Context, axes: Axes, changed: () => void): HTMLElement => {
  const { batch, view } = context;
  const namesOf = (side: Side): readonly string[] => axes[side].map((axis) => axis.name);
  /** A variable that stood on the other side changes its place with the one that it replaces. */
  const set = (side: Side, place: number, name: string): void => {
    const before = namesOf(side)[place];
    const mine = namesOf(side).filter((one) => one !== name && one !== before);
    if (name !== '') mine.splice(place, 0, name);
    const others = namesOf(side === 'down' ? 'across' : 'down');
    const swapped = others.includes(name) && before !== undefined ? [before] : [];
    const rest = others.flatMap((one) => (one === name ? swapped : [one]));
    view.axes = side === 'down' ? { down: mine, across: rest } : { down: rest, across: mine };
    changed();
  };
  const list = (side: Side, place: number, label: string): HTMLElement | null => {
    const chosen = axes[side][place] ?? null;
    if (place > axes[side].length || (chosen === null && unused(batch.axes, axes) === 0))
      return null;
    const isNeeded = side === 'down' && place === 0 && axes.down.length === 1;
    const options = [
      ...(isNeeded ? [] : [option('', 'nothing', chosen === null)]),
      ...batch.axes.map((axis) =>
        option(axis.name, `${axis.name} (${grouped(axis.values.length)})`, axis === chosen),
      ),
    ];
    const chooser = select(
      { 'aria-label': place === 0 ? null : `${label}, second` },
      (name) => set(side, place, name),
      options,
    );
    return h(
      'label',
      { class: 'choice' },
      h('span', { text: place === 0 ? label : 'then' }),
      chooser,
    );
  };
  const best = button({ class: 'plain', text: 'Best fit' }, () => {
    view.axes = null;
    changed();
  });
  return h(
    'div',
    { class: 'axes' },
    list('down', 0, 'Down'),
    list('down', 1, 'Down'),
    list('across', 0, 'Across'),
    list('across', 1, 'Across'),
    view.axes === null ? null : best,
  );
};

const unused = (all: readonly Axis[], { down, across }: Axes): number =>
  all.length - down.length - across.length;
