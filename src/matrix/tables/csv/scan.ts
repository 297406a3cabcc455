/** Rows of one kind: how many, and the physical line of the first. */
export interface Rows {
  readonly count: number;
  readonly first: number;
}

/** What a CSV has, whatever its cells say. */
export interface CsvShape {
  /** Records with content, the header among them. */
  readonly records: number;
  /** Of blanks alone. */
  readonly empty: Rows;
  /** With fewer cells than the header names; `cells`: how many are missing in all. */
  readonly short: Rows & { readonly cells: number };
  /** With something beyond the header. */
  readonly long: Rows;
  /** By column: the line of the first record below the header that has something there. */
  readonly filled: readonly (number | undefined)[];
  /** A quote stands where none can, and the rest means nothing. */
  readonly misquoted: boolean;
}

type State = 'start' | 'bare' | 'quoted' | 'closed';

/** Counts records by scanning for delimiters, line ends and quotes: a tenth of a parse. */
export class CsvScan {
  #state: State = 'start';
  #afterReturn = false;
  #misquoted = false;
  /** Of the record that is read: where it begins, and the cell in it. */
  #begun: number;
  #column = 0;
  #cellFilled = false;
  #recordFilled = false;
  /** Cells of the header, from the first to the last that is filled. */
  #width = 0;
  #widest = 0;
  #records = 0;
  #empty: Rows = none;
  #short: Rows = none;
  #missing = 0;
  #long: Rows = none;
  readonly #filled: (number | undefined)[] = [];
  readonly #delimiter: number;

  constructor(
    delimiter: string,
    private line: number,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#begun = line;
  }

  add(text: string): void {
    const delimiter = this.#delimiter;
    let state = this.#state;
    for (let at = 0; at < text.length && !this.#misquoted; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 34) state = this.#quote(state);
      else if (code === 10 || code === 13) state = this.#lineEnd(code, state);
      else if (state !== 'quoted') {
        if (code === delimiter) {
          this.#cellEnds();
          state = 'start';
        } else if (state === 'closed') this.#misquoted = true;
        else if (code !== 0xfeff) {
          state = 'bare';
          if (!this.#cellFilled && !isBlank(code)) this.#cellFilled = true;
        }
      }
      this.#afterReturn = code === 13;
    }
    this.#state = state;
  }

  end(): CsvShape {
    if (this.#state === 'quoted') this.#misquoted = true;
    this.#recordEnds(this.#state);
    return {
      records: this.#records,
      empty: this.#empty,
      short: { ...this.#short, cells: this.#missing },
      long: this.#long,
      filled: this.#filled,
      misquoted: this.#misquoted,
    };
  }

  #quote(state: State): State {
    switch (state) {
      case 'start':
        this.#cellFilled = true;
        return 'quoted';
      case 'quoted':
        return 'closed';
      case 'closed':
        return 'quoted';
      case 'bare':
        this.#misquoted = true;
        return state;
    }
  }

  #lineEnd(code: number, state: State): State {
    if (code === 10 && this.#afterReturn) return state;
    this.line += 1;
    if (state === 'quoted') return state;
    this.#recordEnds(state);
    return 'start';
  }

  #cellEnds(): void {
    if (this.#cellFilled) {
      this.#recordFilled = true;
      this.#widest = this.#column + 1;
      if (this.#records > 0) this.#filled[this.#column] ??= this.#begun;
    }
    this.#cellFilled = false;
    this.#column += 1;
  }

  #recordEnds(state: State): void {
    this.#cellEnds();
    if (this.#recordFilled) this.#count();
    else if (this.#column > 1 || state === 'bare') this.#empty = oneMore(this.#empty, this.#begun);
    this.#column = 0;
    this.#widest = 0;
    this.#recordFilled = false;
    this.#begun = this.line;
  }

  #count(): void {
    this.#records += 1;
    if (this.#records === 1) this.#width = this.#widest;
    else if (this.#column < this.#width) {
      this.#short = oneMore(this.#short, this.#begun);
      this.#missing += this.#width - this.#column;
    } else if (this.#widest > this.#width) this.#long = oneMore(this.#long, this.#begun);
  }
}

const none: Rows = { count: 0, first: 0 };

const oneMore = ({ count, first }: Rows, line: number): Rows => ({
  count: count + 1,
  first: count === 0 ? line : first,
});

const isBlank = (code: number): boolean =>
  code === 32 || code === 9 || code === 0xa0 || code === 0x3000;
