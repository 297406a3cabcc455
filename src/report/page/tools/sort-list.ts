import type { Context } from '../context.js';
import { h, option, select } from '../dom.js';
import type { Sort } from '../view.js';
import { pairSorts, runSorts } from '../view.js';

/** The order of what is shown; none where the view has an order of its own. */
export const sortList = (context: Context, changed: () => void): HTMLElement | null => {
  const { view } = context;
  switch (view.mode) {
    case 'grid':
    case 'timeline':
      return null;
    case 'changes':
      return listOf(optionsOf(pairSorts, view.pairSort), (name) => {
        view.pairSort = name;
        changed();
      });
    case 'gallery':
    case 'list':
      return listOf([...optionsOf(runSorts, view.sort), ...valueSorts(context)], (name) => {
        view.sort = name;
        changed();
      });
  }
};

const listOf = (
  options: readonly HTMLElement[],
  choose: (name: string) => void,
): HTMLSelectElement => select({ 'aria-label': 'Sort' }, choose, options);

const optionsOf = <T>(sorts: readonly Sort<T>[], chosen: string): readonly HTMLElement[] =>
  sorts.map(({ name, label }) => option(name, label, name === chosen));

/** By any value, up or down. */
const valueSorts = ({ view, batch }: Context): readonly HTMLElement[] => {
  const columns = batch.columns.filter(({ repeats }) => !repeats);
  if (columns.length === 0) return [];
  const options = columns.flatMap(({ name }) =>
    (['up', 'down'] as const).map((way) => {
      const value = `${way}:${name}`;
      return option(value, `${name} ${way === 'up' ? '↑' : '↓'}`, view.sort === value);
    }),
  );
  return [h('optgroup', { label: 'By value' }, options)];
};
