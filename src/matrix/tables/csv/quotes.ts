import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import { error } from '../../../diagnostics/diagnostic.js';
import type { Problems } from '../../../diagnostics/problems.js';
import type { Place } from '../../../values/place.js';
import { clipped } from '../../../values/printable.js';

/** A quote of a CSV that stands where none can. */
interface QuoteMistake {
  readonly is: 'blankBefore' | 'blankAfter' | 'inBare' | 'single' | 'unclosed';
  /** 1-based. */
  readonly line: number;
  /** 0-based, of the quote. */
  readonly column: number;
  readonly text: string;
  /** Where the quoted cell opens, if on another line; null: on this one. */
  readonly opened: Opened | null;
}

interface Opened {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/**
 * Tells every row whose quotes cannot be read. After a mistake the reading goes on with the
 * next line, so that one round of mending is enough. `line`: before the first one.
 */
export const tellQuotes = async (
  lines: AsyncIterable<string>,
  table: { readonly file: string; readonly delimiter: string; readonly line: number },
  problems: Problems,
): Promise<void> => {
  const reader = new QuoteReader(table.delimiter, table.line);
  const found: QuoteMistake[] = [];
  for await (const line of lines) found.push(...reader.add(line));
  found.push(...reader.end());
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = found.length <= maxShown ? found : found.slice(0, maxShown - 1);
  for (const mistake of shown) problems.add(told(mistake, table.file, table.delimiter));
  const rest = found.slice(shown.length);
  const [first] = rest;
  if (first === undefined) return;
  const lineNumbers = rest.map(({ line }) => line);
  problems.add(
    error(
      'E0306',
      placeOf(first, table.file),
      `${rest.length} more rows have a quote where none can stand`,
      {
        notes: [`lines ${clipped(lineNumbers.join(', '), 2000)}`],
        hint: 'a cell with quotes in it stands in quotes itself, and each one inside is written twice: ""',
      },
    ),
  );
};

/** As many mistakes of one code are shown. */
const maxShown = 20;

const placeOf = ({ line, column, text }: Opened, file: string): Place => ({
  file,
  line,
  column: column + 1,
  length: 1,
  text,
});

const told = (mistake: QuoteMistake, file: string, delimiter: string): Diagnostic => {
  const at = placeOf(mistake, file);
  const { opened } = mistake;
  const related =
    opened === null ? [] : [{ message: 'the cell begins here', at: placeOf(opened, file) }];
  switch (mistake.is) {
    case 'blankBefore':
      return error('E0306', at, 'a blank stands before the quote that begins this cell', {
        hint: 'remove the blank: a quoted cell begins with its quote',
      });
    case 'blankAfter':
      return error('E0306', at, 'a blank stands after the quote that ends this cell', {
        hint: 'remove the blank, or put it inside the quotes',
        related,
      });
    case 'inBare':
      return error('E0306', at, 'a quote stands in a cell that does not begin with one', {
        hint: `put the whole cell in quotes, and each one inside twice: ${mended(mistake, delimiter)}`,
      });
    case 'single':
      return error('E0306', at, 'a quote inside a quoted cell is written only once', {
        hint: 'write every quote inside a quoted cell twice: ""',
        related,
      });
    case 'unclosed':
      return error('E0306', at, 'a quoted cell is never closed: its quote opens here', {
        hint: 'put a quote at the end of the cell; one inside of it is written twice: ""',
      });
  }
};

const mended = ({ text, column }: QuoteMistake, delimiter: string): string => {
  const from = text.lastIndexOf(delimiter, column) + 1;
  const end = text.indexOf(delimiter, column);
  const cell = text.slice(from, end === -1 ? undefined : end);
  return `"${clipped(cell, 60).replaceAll('"', '""')}"`;
};

/** What may be held of a quoted cell of several lines, in characters, to be read once more. */
const maxHeld = 8 * 1024 * 1024;

class QuoteReader {
  /** The quoted cell that goes on in the next line. */
  #opened: Opened | null = null;
  /** Lines behind the one in which it opens. */
  #since: string[] = [];
  #held = 0;

  constructor(
    private readonly delimiter: string,
    private line: number,
  ) {}

  *add(text: string): Generator<QuoteMistake> {
    this.line += 1;
    const opened = this.#opened;
    const read = readLine(text, this.delimiter, opened !== null);
    if (opened !== null && read.restarts) {
      yield* this.#unclosed(opened);
      this.line -= 1;
      yield* this.add(text);
      return;
    }
    const { mistake, open } = read;
    if (mistake !== null) {
      const { is, column, inFirst } = mistake;
      yield { is, line: this.line, column, text, opened: inFirst ? opened : null };
    }
    if (mistake !== null || open === null) this.#forget();
    else if (open === 'goesOn') this.#keep(text);
    else {
      this.#forget();
      this.#opened = { line: this.line, column: open, text };
    }
  }

  *end(): Generator<QuoteMistake> {
    while (this.#opened !== null) yield* this.#unclosed(this.#opened);
  }

  /** What was taken for the cell is read again as lines of their own. */
  *#unclosed(opened: Opened): Generator<QuoteMistake> {
    yield { is: 'unclosed', ...opened, opened: null };
    const since = this.#since;
    const { line } = this;
    this.#forget();
    this.line = opened.line;
    for (const text of since) yield* this.add(text);
    this.line = line;
  }

  #keep(text: string): void {
    this.#held += text.length;
    if (this.#held <= maxHeld) this.#since.push(text);
  }

  #forget(): void {
    this.#opened = null;
    this.#since = [];
    this.#held = 0;
  }
}

interface LineRead {
  readonly mistake: {
    readonly is: QuoteMistake['is'];
    readonly column: number;
    /** In the cell that began on an earlier line. */
    readonly inFirst: boolean;
  } | null;
  /** Where a quoted cell opens that the line does not close; `goesOn`: on an earlier line. */
  readonly open: number | 'goesOn' | null;
  /** A cell begins with a quote here, within what was taken for an open one. */
  readonly restarts: boolean;
}

/** One physical line; `goesOn`: it begins inside a quoted cell. */
const readLine = (text: string, delimiter: string, goesOn: boolean): LineRead => {
  let mistake: LineRead['mistake'] = null;
  let open: LineRead['open'] = goesOn ? 'goesOn' : null;
  const add = (is: QuoteMistake['is'], column: number): void => {
    mistake ??= { is, column, inFirst: open === 'goesOn' };
  };
  let at = 0;
  for (;;) {
    if (open === null) {
      const first = pastBlanks(text, at, delimiter);
      if (text[first] !== '"') {
        const end = text.indexOf(delimiter, at);
        const quote = text.indexOf('"', at);
        if (quote !== -1 && (end === -1 || quote < end)) add('inBare', quote);
        if (end === -1) return { mistake, open, restarts: false };
        at = end + 1;
        continue;
      }
      if (first > at) add('blankBefore', first);
      open = first;
      at = first + 1;
    }
    const quote = singleQuote(text, at);
    if (quote === -1) return { mistake, open, restarts: false };
    const next = pastBlanks(text, quote + 1, delimiter);
    if (next === text.length || text[next] === delimiter) {
      if (next > quote + 1) add('blankAfter', quote);
      open = null;
      if (next === text.length) return { mistake, open, restarts: false };
      at = next + 1;
    } else {
      const begins = quote === 0 || text[quote - 1] === delimiter;
      if (open === 'goesOn' && begins) return { mistake, open, restarts: true };
      add('single', quote);
      at = quote + 1;
    }
  }
};

/** The next quote that is not written twice; -1: none. */
const singleQuote = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return -1;
};

const pastBlanks = (text: string, from: number, delimiter: string): number => {
  let at = from;
  while (at < text.length && text[at] !== delimiter && /[ \t\u00a0\u3000]/.test(text[at] ?? ''))
    at += 1;
  return at;
};
