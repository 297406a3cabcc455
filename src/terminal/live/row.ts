import type { Paint, Style } from '../colour.js';
import { clip, widthOf } from '../format.js';
import type { ScreenLine } from './screen.js';

/** A stretch of a line. */
export type Part = string | readonly [Style, string];

/** Puts stretches on one line of at most `width` columns; colours do not count, nor blanks at its end. */
export const rowOf = (parts: readonly Part[], width: number, paint: Paint): ScreenLine => {
  const kept: (readonly [Style | null, string])[] = [];
  let left = width;
  for (const part of parts) {
    const [style, text] = typeof part === 'string' ? [null, part] : part;
    const shown = clip(text, left);
    kept.push([style, shown]);
    left -= widthOf(shown);
    if (left <= 0 || shown !== text) break;
  }
  const last = kept.pop();
  if (last !== undefined) kept.push([last[0], last[1].trimEnd()]);
  return {
    plain: kept.map(([, text]) => text).join(''),
    painted: kept.map(([style, text]) => (style === null ? text : paint(style, text))).join(''),
  };
};
