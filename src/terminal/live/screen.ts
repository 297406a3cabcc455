import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../format.js';

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearRight = '\u001b[K';
const clearBelow = '\u001b[J';
/** Terminals that know it show a frame at once; the others ignore it. */
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

/**
 * A block of lines at the bottom of a terminal that is drawn over itself. Lines above it scroll
 * away as any output does. Every line must be narrower than the terminal.
 */
export class Screen {
  #shown: readonly string[] = [];
  #width = 0;

  constructor(
    readonly write: (text: string) => void,
    readonly columns: () => number,
  ) {}

  /** Draws the block anew, if it changed; `above` goes before it and stays. */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    const width = Math.max(1, this.columns());
    const resized = width !== this.#width;
    if (above.length === 0 && !resized && same(lines, this.#shown)) return;
    const text = [
      ...above.map((line) => `${line}${clearRight}\n`),
      ...lines.map((line) => `${line}${clearRight}\n`),
    ].join('');
    // Terminals remember which lines they have wrapped; only a cleared one forgets.
    const fresh = resized ? clearBelow : '';
    this.write(`${beginFrame}${up(this.#rows(width))}\r${fresh}${text}${clearBelow}${endFrame}`);
    this.#shown = lines;
    this.#width = width;
  }

  /** A terminal that became narrower has wrapped what was shown. */
  #rows(width: number): number {
    return this.#shown.reduce((sum, line) => sum + rowsOf(line, width), 0);
  }
}

/** A wide character that does not fit at the end of a row goes to the next one. */
const rowsOf = (line: string, width: number): number => {
  if (widthOf(line) <= width) return 1;
  let [rows, used] = [1, 0];
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(line))) {
    const columns = widthOf(segment);
    if (used + columns > width) [rows, used] = [rows + 1, 0];
    used += columns;
  }
  return rows;
};

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, at) => line === b[at]);
