import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import { error } from '../../../diagnostics/diagnostic.js';
import type { Place } from '../../../values/place.js';
import { clipped } from '../../../values/printable.js';
import { shownDelimiter, yamlWord } from '../table.js';

const marks = [',', ';', '\t', '|'];

/** Typed with a Chinese keyboard. They stand in many a text, so that only a header tells. */
const wideMarks = ['，', '；'];

/**
 * Where names stand together in one cell: what seems to separate them. Of several cells it is
 * looked at only where a name means nothing.
 */
export const otherDelimiter = (names: readonly string[], delimiter: string): string | null => {
  const header = names.join(delimiter);
  const counted = [...marks, ...wideMarks]
    .filter((mark) => mark !== delimiter)
    .map((mark) => ({ mark, parts: header.split(mark).length }))
    .filter(({ parts }) => parts > names.length)
    .sort((a, b) => b.parts - a.parts);
  return counted[0]?.mark ?? null;
};

/** Whether a column's name may be several. */
export const mayBeSeveral = (name: string): boolean =>
  [...marks, ...wideMarks].some((mark) => name.includes(mark));

/**
 * What separates the cells of a table, by its header and the rows at hand, where that cannot be
 * what it is read with; null: that may well be it. `whole`: the text is not cut.
 */
export const surelyOther = (head: string, delimiter: string, whole: boolean): string | null => {
  const now = widthsOf(head, delimiter, whole);
  const fits = (widths: readonly number[]): number =>
    widths.filter((width) => width === widths[0]).length / widths.length;
  // A table of two columns or more, most of whose rows have as many cells, is read rightly.
  if (now.length < 2 || ((now[0] ?? 0) > 1 && fits(now) > 0.5)) return null;
  const others = marks
    .filter((mark) => mark !== delimiter)
    .map((mark) => ({ mark, widths: widthsOf(head, mark, whole) }))
    .filter(({ widths }) => widths.length > 1 && (widths[0] ?? 0) > (now[0] ?? 0))
    .filter(({ widths }) => fits(widths) >= 0.8)
    .sort((a, b) => (b.widths[0] ?? 0) - (a.widths[0] ?? 0));
  return others[0]?.mark ?? null;
};

/** How many cells each record has, as far as quotes can be read; blank lines are none. */
const widthsOf = (text: string, delimiter: string, whole: boolean): number[] => {
  const widths: number[] = [];
  let cells = 1;
  let quoted = false;
  let start = true;
  let filled = false;
  for (const char of text) {
    if (quoted) quoted = char !== '"';
    else if (char === '"' && start) quoted = true;
    else if (char === '\n' || char === '\r') {
      if (filled) widths.push(cells);
      [cells, filled, start] = [1, false, true];
      continue;
    } else if (char === delimiter) {
      cells += 1;
      start = true;
      continue;
    }
    // A quote that is written twice closes and opens at once.
    start = char === '"' && !quoted;
    if (char.trim() !== '') filled = true;
  }
  if (filled && whole) widths.push(cells);
  return widths;
};

/** Names that were read as one, or cells that were not parted. */
export const wrongDelimiter = (name: string, at: Place | null, hint: string): Diagnostic =>
  error('E0306', at, `"${clipped(name, 60)}" was read as one column`, { hint });

/** `typed`: as the manifest names the file. */
export const delimiterHint = (typed: string, mark: string): string =>
  `its cells seem to be separated by ${markName(mark)}: write { file: ${yamlWord(typed)}, delimiter: "${shownDelimiter(mark)}" } in place of its name`;

/** In a sentence. */
export const markName = (mark: string): string => (mark === '\t' ? 'a tab' : `"${mark}"`);
