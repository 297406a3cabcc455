import type { Place } from '../values/place.js';

/** Finds lines and columns of offsets in one text; built once, asked often. */
export class LineIndex {
  /** Offsets of line starts. */
  readonly #starts: number[] = [0];

  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      // LF, CR and CRLF end a line.
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) this.#starts.push(at + 1);
    }
  }

  /** The stretch from `offset` on, cut at the end of its line. */
  place(offset: number, length: number): Place {
    const line = this.#lineOf(offset);
    const start = this.#starts[line] ?? 0;
    const content = this.#content(line);
    const column = Math.min(offset - start, content.length);
    return {
      file: this.file,
      line: line + 1,
      column: column + 1,
      length: Math.max(1, Math.min(length, content.length - column)),
      text: content,
    };
  }

  /** 1-based; the text of the line is not looked at. */
  lineAt(offset: number): number {
    return this.#lineOf(offset) + 1;
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #content(line: number): string {
    const end = this.#starts[line + 1] ?? this.text.length;
    return this.text.slice(this.#starts[line], end).replace(/[\r\n]+$/, '');
  }
}

/** A whole file. */
export const wholeFile = (file: string): Place => ({
  file,
  line: 0,
  column: 0,
  length: 1,
  text: null,
});
