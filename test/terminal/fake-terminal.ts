import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/**
 * A terminal that understands what the live view may write: text, line ends, cursor up, erase.
 * What it was given beside that is kept in `unknown`: views must not die of their terminal.
 */
export class FakeTerminal {
  readonly lines: string[] = [''];
  writes = 0;
  /** Lines that a terminal would have wrapped, or nearly. */
  readonly tooWide: string[] = [];
  readonly unknown: string[] = [];
  /** All text as written, colours and all. */
  raw = '';
  #row = 0;

  constructor(public columns: number) {}

  readonly write = (text: string): void => {
    this.writes += 1;
    this.raw += text;
    for (const piece of text.match(/\u001b\[[0-9;?]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/gu) ?? [])
      this.#take(piece);
  };

  /** Becomes narrower, and wraps what it shows, as terminals do; or wider. The cursor is at the end. */
  resize(columns: number): void {
    this.columns = columns;
    const rows = this.lines.flatMap((line) => wrapped(line, columns));
    this.lines.splice(0, this.lines.length, ...rows);
    this.#row = rows.length - 1;
  }

  /** Without empty lines at the end. */
  get screen(): string[] {
    return this.lines.join('\n').trimEnd().split('\n');
  }

  #take(piece: string): void {
    if (piece === '\n') {
      this.#row += 1;
      if (this.#row === this.lines.length) this.lines.push('');
      this.#column = 0;
    } else if (piece === '\r') this.#column = 0;
    else if (piece.startsWith('\u001b')) this.#control(piece);
    else this.#print(piece);
  }

  #column = 0;

  #print(text: string): void {
    const line = this.#column === 0 ? text : (this.lines[this.#row] ?? '') + text;
    if (stringWidth(line) >= this.columns) this.tooWide.push(line);
    this.lines[this.#row] = line;
    this.#column = stringWidth(line);
  }

  #control(code: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(code);
    if (up !== null) {
      this.#row -= Number(up[1]);
      if (this.#row < 0) this.unknown.push('above the screen');
      this.#row = Math.max(0, this.#row);
    } else if (code === '\u001b[J') {
      this.lines.length = this.#row + 1;
      this.lines[this.#row] = '';
    } else if (code === '\u001b[K') {
      if (this.#column === 0) this.lines[this.#row] = '';
    } else if (!/^\u001b\[(?:\?2026[hl]|[\d;]*m)$/.test(code)) this.unknown.push(code);
  }
}

const wrapped = (line: string, columns: number): string[] => {
  const rows = [''];
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(line))) {
    const last = rows.at(-1) ?? '';
    if (stringWidth(last + segment) > columns) rows.push(segment);
    else rows[rows.length - 1] = last + segment;
  }
  return rows;
};
