import type { Mark } from '../../../picks/mark.js';
import { readMark } from '../../../picks/mark.js';
import type { Marked } from '../../../picks/marked.js';
import { addMark, markedBy } from '../../../picks/marked.js';
import { marksOf } from './marks.js';

/** Where marks are kept, and what a person should know of it. */
export interface Keeper {
  readonly load: () => readonly Mark[];
  readonly keep: (mark: Mark) => void;
  /** Calls back with marks that another tab made. */
  readonly onOthers: (listener: (marks: readonly Mark[]) => void) => void;
  /** What is said beside the button that saves them; null: nothing needs to be done. */
  readonly note: () => string | null;
  /** Calls back when `note` says something else. */
  readonly onNote?: (listener: () => void) => void;
}

/**
 * The browser's own storage, for a page that was opened from the disk. Each mark is put into what
 * is there at that moment, so that two tabs keep the marks of both.
 */
export const browserKeeper = (batch: string): Keeper => {
  const place = `rh-batch picks ${location.pathname} ${batch}`;
  let refused = false;
  const read = (text: string | null): readonly Mark[] => marksIn(text, batch);
  const stored = (): string | null => {
    try {
      return localStorage.getItem(place);
    } catch {
      refused = true;
      return null;
    }
  };
  return {
    load: () => read(stored()),
    keep: (mark) => {
      const known = new Map<string, Marked>(markedBy(read(stored())));
      addMark(known, mark);
      try {
        localStorage.setItem(
          place,
          JSON.stringify([...known.values()].flatMap((marked) => marksOf(marked, batch))),
        );
      } catch {
        refused = true;
      }
    },
    onOthers: (listener) => {
      window.addEventListener('storage', ({ key, newValue }) => {
        if (key === place) listener(read(newValue));
      });
    },
    note: () =>
      refused
        ? 'This browser keeps nothing: save the picks before you leave.'
        : 'Kept in this browser only; rh-batch picks --import takes the saved file.',
  };
};

/** What was stored may have been changed by anything: what is no mark is left out. */
const marksIn = (text: string | null, batch: string): readonly Mark[] => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const read = readMark(one);
    return read.ok && read.mark.batch === batch ? [read.mark] : [];
  });
};
