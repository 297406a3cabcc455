import { widthOf } from '../format.js';

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearRight = '\u001b[K';
const clearBelow = '\u001b[J';
/** Terminals that know it show a frame at once; the others ignore it. */
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

export interface ScreenLine {
  /** What stands there, without colour codes: its width counts. */
  readonly plain: string;
  readonly painted: string;
}

/**
 * A block of lines at the bottom of a terminal that is drawn over itself. Lines above it scroll
 * away as any output does. Every line must be narrower than the terminal.
 */
export class Screen {
  #shown: readonly ScreenLine[] = [];
  #width = 0;

  constructor(
    readonly write: (text: string) => void,
    readonly columns: () => number,
  ) {}

  /** Draws the block anew, if it changed; `above` goes before it and stays. */
  draw(lines: readonly ScreenLine[], above: readonly string[] = []): void {
    const width = Math.max(1, this.columns());
    const resized = width !== this.#width;
    if (above.length === 0 && !resized && same(lines, this.#shown)) return;
    const text = [
      ...above.map((line) => `${line}${clearRight}\n`),
      ...lines.map(({ painted }) => `${painted}${clearRight}\n`),
    ].join('');
    // Terminals remember which lines they have wrapped; only a cleared one forgets.
    const fresh = resized ? clearBelow : '';
    this.write(`${beginFrame}${up(this.#rows(width))}\r${fresh}${text}${clearBelow}${endFrame}`);
    this.#shown = lines;
    this.#width = width;
  }

  /** A terminal that became narrower has wrapped what was shown. */
  #rows(width: number): number {
    return this.#shown.reduce(
      (sum, { plain }) => sum + Math.max(1, Math.ceil(widthOf(plain) / width)),
      0,
    );
  }
}

const same = (a: readonly ScreenLine[], b: readonly ScreenLine[]): boolean =>
  a.length === b.length && a.every(({ painted }, at) => painted === b[at]?.painted);
