/** Where a cell stands in the raw text of its record, quotes included. */
export interface CellSpan {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
}

/** Finds the n-th cell (0-based) of a raw CSV record; the end of the record when it has fewer. */
export const cellSpan = (raw: string, column: number, delimiter: string): CellSpan => {
  let last: CellSpan = { from: 0, to: 0, quoted: false };
  let index = 0;
  for (const span of spansOf(raw, delimiter)) {
    last = span;
    if (index === column) break;
    index += 1;
  }
  return last;
};

/** All of them, in one walk along the record. */
export const cellSpans = (raw: string, delimiter: string): readonly CellSpan[] => [
  ...spansOf(raw, delimiter),
];

function* spansOf(raw: string, delimiter: string): Generator<CellSpan> {
  let from = 0;
  for (;;) {
    const quoted = raw[from] === '"';
    const to = quoted ? closingQuote(raw, from) + 1 : endOfBare(raw, from, delimiter);
    yield { from, to, quoted };
    if (to >= raw.length || raw[to] !== delimiter) return;
    from = to + 1;
  }
}

const closingQuote = (raw: string, open: number): number => {
  for (let at = raw.indexOf('"', open + 1); at !== -1; at = raw.indexOf('"', at + 1)) {
    if (raw[at + 1] !== '"') return at;
    at += 1;
  }
  return raw.length - 1;
};

const endOfBare = (raw: string, from: number, delimiter: string): number => {
  let at = from;
  while (at < raw.length && raw[at] !== delimiter && raw[at] !== '\n' && raw[at] !== '\r') at += 1;
  return at;
};
