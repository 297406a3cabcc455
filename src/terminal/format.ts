import stringWidth from 'string-width';

export {
  count,
  duration,
  fileSize,
  grouped,
  roughDuration,
  shortDecimal,
} from '../values/amounts.js';
export { oneLine } from '../values/printable.js';

/** Columns that a text takes: two for most of 中文, none for an accent of its own. */
export const widthOf = (text: string): number => stringWidth(text);

/** The text in at most `width` columns; `…` tells that something is missing. */
export const clip = (text: string, width: number): string => {
  if (width <= 0) return '';
  if (widthOf(text) <= width) return text;
  let [kept, used] = ['', 0];
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, width * 20))) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};

/** Cut or filled to exactly `width` columns. */
export const fit = (text: string, width: number): string => {
  const cut = clip(text, width);
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
};
