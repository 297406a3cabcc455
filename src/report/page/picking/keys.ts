import { runOf } from '../batch.js';
import type { Item } from '../batch.js';
import { closestTo } from '../dom.js';
import type { Viewer } from '../viewer/viewer.js';
import type { Change, Picture } from './marks.js';
import type { Picking } from './picking.js';

/** What keys move over. */
export interface Board {
  readonly items: () => readonly Item[];
  /** Brings it into sight and gives it the focus. */
  readonly reveal: (item: Item) => void;
}

/** What a letter or a digit says of a picture; null: nothing. */
const changeBy = (key: string): Change | null => {
  switch (key.toLowerCase()) {
    case 'p':
      return { pick: 'picked' };
    case 'x':
      return { pick: 'rejected' };
    case 'u':
      return { pick: 'none' };
    default:
      return /^[0-5]$/.test(key) ? { stars: Number(key) } : null;
  }
};

/**
 * The keys of a light table, in the gallery and with a picture in full: P, X, U, 1 to 5 (0: no
 * stars), with Shift on to the next one; Ctrl+Z takes back; Home, End, and arrows from anywhere.
 */
export const listenToKeys = (picking: Picking, viewer: Viewer, board: Board): void => {
  const marked = (picture: Picture, change: Change, onwards: boolean): void => {
    picking.set(picture, change);
    if (!onwards) return;
    if (viewer.isOpen) viewer.go(1);
    else {
      const items = board.items();
      const at = items.findIndex((item) => runOf(item) === picture.run);
      const next = items[at + 1];
      if (next !== undefined) board.reveal(next);
    }
  };
  const undo = (): boolean => {
    const picture = picking.undo();
    if (picture === null) return false;
    if (viewer.isOpen) return true;
    const item = board.items().find((one) => runOf(one) === picture.run);
    if (item !== undefined) board.reveal(item);
    return true;
  };
  const press = (event: KeyboardEvent): boolean => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'z') return undo();
    if (ctrlKey || metaKey || altKey) return false;
    const change = changeBy(event.code.startsWith('Digit') ? event.code.slice(5) : key);
    if (change !== null) {
      const picture = viewer.isOpen ? viewer.picture : focusedPicture(picking);
      if (picture === null) return false;
      marked(picture, change, shiftKey);
      return true;
    }
    return viewer.isOpen ? pressInViewer(event, viewer) : pressOutside(event, board);
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isTyping(event)) return;
    if (press(event)) event.preventDefault();
  });
};

const isTyping = (event: Event): boolean =>
  closestTo(event, 'input, select, textarea, video, audio, [contenteditable], .ask, .compare') !==
  null;

const pressInViewer = (event: KeyboardEvent, viewer: Viewer): boolean => {
  switch (event.key) {
    case 'Home':
      viewer.go('first');
      return true;
    case 'End':
      viewer.go('last');
      return true;
    case ' ':
      // A button that has the focus is pressed by it.
      if (closestTo(event, 'button, a, summary, .side, pre') !== null) return false;
      viewer.close();
      return true;
    default:
      return false;
  }
};

const pressOutside = (event: KeyboardEvent, board: Board): boolean => {
  const items = board.items();
  const to = event.key === 'End' ? items.at(-1) : items[0];
  if (to === undefined || !/^(?:Home|End|Arrow\w+|\s)$/.test(event.key)) return false;
  const card = closestTo(event, '.stage');
  // Over the cards the arrows walk by themselves, and Space opens one.
  if (card !== null && event.key !== 'Home' && event.key !== 'End') return false;
  // With the focus on anything else, keys scroll and press as they do everywhere.
  if (card === null && event.target !== document.body) return false;
  if (card === null && /^(?:ArrowUp|ArrowDown|\s)$/.test(event.key)) return false;
  board.reveal(to);
  return true;
};

/** The picture of the card that has the focus. */
const focusedPicture = (picking: Picking): Picture | null => {
  const badge = document.activeElement
    ?.closest('.stage, [data-run]')
    ?.querySelector('[data-picture]');
  const key = badge?.getAttribute('data-picture') ?? null;
  return key === null ? null : picking.pictureBy(key);
};
