import type { Paint, Style } from '../colour.js';
import { clip, widthOf } from '../format.js';

/** A stretch of a line. */
export type Part = string | readonly [Style, string];

/** Puts stretches on one line of at most `width` columns, without blanks at its end. */
export const rowOf = (parts: readonly Part[], width: number, paint: Paint): string => {
  const painted = parts.map((part, at): string => {
    const [style, text] = typeof part === 'string' ? [null, part] : part;
    const shown = at === parts.length - 1 ? text.trimEnd() : text;
    return style === null ? shown : paint(style, shown);
  });
  return clipPainted(painted.join(''), width);
};

/** `clip` for a text with colours: their codes take no columns, and those behind the cut stay. */
export const clipPainted = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let left = width;
  const pieces = text.split(/(\u001b\[[\d;]*m)/u).map((piece) => {
    if (piece.startsWith('\u001b')) return piece;
    const pieceWidth = widthOf(piece);
    // Something is missing, so the last column that is left is for the sign that says so.
    const shown = pieceWidth < left ? piece : clip(`${piece} `, left);
    left = pieceWidth < left ? left - pieceWidth : 0;
    return shown;
  });
  return pieces.join('');
};
