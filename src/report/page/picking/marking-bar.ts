import { button, h } from '../dom.js';
import type { Viewer } from '../viewer/viewer.js';
import { textOf } from './badge.js';
import type { Change } from './marks.js';
import type { Picking } from './picking.js';

/** Under the picture in full: what the keys do, for fingers. A swipe goes on to the next picture. */
export const addMarkingBar = (picking: Picking, viewer: Viewer): void => {
  const set = (change: Change) => () => {
    const { picture: shown } = viewer;
    if (shown !== null) picking.set(shown, change);
  };
  const toggle = (pick: 'picked' | 'rejected') => () => {
    const { picture: shown } = viewer;
    if (shown === null) return;
    const isSo = picking.marks.of(shown)?.pick === pick;
    picking.set(shown, { pick: isSo ? 'none' : pick });
  };
  const picked = button({ class: 'm-picked', title: 'P', text: '✓ Pick' }, toggle('picked'));
  const rejected = button(
    { class: 'm-rejected', title: 'X', text: '✕ Reject' },
    toggle('rejected'),
  );
  const stars = [1, 2, 3, 4, 5].map((number) =>
    button(
      { class: 'star', 'aria-label': `${number} ${number === 1 ? 'star' : 'stars'}`, text: '★' },
      () => {
        const { picture: shown } = viewer;
        if (shown === null) return;
        const same = picking.marks.of(shown)?.stars === number;
        set({ stars: same ? 0 : number })();
      },
    ),
  );
  const undo = button({ class: 'undo', text: 'Undo', title: 'Ctrl+Z' }, () => picking.undo());
  const said = h('span', { class: 'unseen', 'aria-live': 'polite' });
  const changed = h('span', {
    class: 'changed',
    text: 'changed since it was marked',
    hidden: true,
  });
  const bar = h(
    'div',
    { class: 'marking', role: 'group', 'aria-label': 'Mark this picture' },
    picked,
    rejected,
    h('span', { class: 'stars' }, stars),
    undo,
    changed,
    said,
  );
  const draw = (): void => {
    const { picture: shown } = viewer;
    const canMark = shown?.run.outputs[shown.output]?.sha !== undefined && !shown.run.past;
    bar.hidden = !canMark;
    if (shown === null || !canMark) return;
    const marked = picking.marks.of(shown);
    const [pick, given] = [marked?.pick ?? 'none', marked?.stars ?? 0];
    picked.setAttribute('aria-pressed', String(pick === 'picked'));
    rejected.setAttribute('aria-pressed', String(pick === 'rejected'));
    for (const [at, star] of stars.entries()) {
      star.setAttribute('aria-pressed', String(given === at + 1));
      star.classList.toggle('on', at < given);
    }
    undo.disabled = !picking.marks.canUndo;
    const isChanged = picking.marks.isChanged(shown);
    changed.hidden = !isChanged;
    said.textContent = textOf(pick, given, isChanged);
  };
  viewer.onShown(draw);
  picking.marks.onChange(draw);
  viewer.screen.append(bar);
  swipe(viewer);
};

/** A finger that goes sideways for so many pixels, and more so than up or down. */
const enough = 48;

const swipe = (viewer: Viewer): void => {
  let from: { readonly x: number; readonly y: number } | null = null;
  viewer.screen.addEventListener(
    'touchstart',
    ({ touches }) => {
      const [touch] = touches;
      from =
        touch === undefined || touches.length > 1 ? null : { x: touch.clientX, y: touch.clientY };
    },
    { passive: true },
  );
  viewer.screen.addEventListener('touchend', ({ changedTouches }) => {
    const [touch] = changedTouches;
    if (from === null || touch === undefined) return;
    const [x, y] = [touch.clientX - from.x, touch.clientY - from.y];
    from = null;
    if (Math.abs(x) < enough || Math.abs(x) < 2 * Math.abs(y) || viewer.isZoomed) return;
    viewer.go(x < 0 ? 1 : -1);
  });
};
