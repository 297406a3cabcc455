import type { Context } from '../context.js';
import { h } from '../dom.js';

/** Which values stand under the pictures: those that differ, or chosen ones. */
export const captionMenu = (context: Context, changed: () => void): HTMLElement | null => {
  const { batch, view } = context;
  const columns = batch.columns.filter(({ repeats }) => !repeats);
  if (columns.length === 0) return null;
  const auto = h('input', { type: 'checkbox', checked: view.captions === null });
  const boxes = columns.map(({ name }) => {
    const box = h('input', { type: 'checkbox' });
    box.addEventListener('change', () => {
      view.captions = columns
        .filter((_, at) => boxes[at]?.checked === true)
        .map((column) => column.name);
      auto.checked = false;
      changed();
    });
    return Object.assign(box, { title: name });
  });
  const draw = (): void => {
    const { prompt, others } = view.told;
    const told = new Set([prompt, ...others].map((column) => column?.name));
    auto.checked = view.captions === null;
    for (const [at, { name }] of columns.entries()) {
      const box = boxes[at];
      if (box !== undefined) box.checked = told.has(name);
    }
  };
  auto.addEventListener('change', () => {
    view.captions = auto.checked ? null : [];
    changed();
    draw();
  });
  const menu = h(
    'details',
    { class: 'menu' },
    h('summary', { text: 'Captions' }),
    h(
      'div',
      { class: 'menu-list' },
      h('label', {}, auto, h('span', { text: 'What differs' })),
      columns.map(({ name }, at) => h('label', {}, boxes[at] ?? null, h('span', { text: name }))),
    ),
  );
  menu.addEventListener('toggle', draw);
  return menu;
};
