import { h, keepInOrder } from '../dom.js';

/** More rows than these would be no printout; the grid says so. */
export const maxPrintedRows = 100;

/** The spacer stands for the rows that do not exist. */
export interface Spacer {
  readonly row: HTMLElement;
  readonly cell: HTMLElement;
}

export const makeSpacer = (columns: number): Spacer => {
  const cell = h('td', { class: 'spacer', colspan: columns });
  return { cell, row: h('tr', { 'aria-hidden': 'true' }, cell) };
};

export interface Rows {
  /** The box that scrolls. */
  readonly scroll: HTMLElement;
  /** Before and after the rows that exist. */
  readonly above: Spacer;
  readonly below: Spacer;
  readonly count: number;
  readonly height: number;
  readonly make: (at: number) => HTMLElement;
}

/**
 * Of the rows of a table, those in sight of its scrolling box exist, between two spacers. The
 * result draws them again, after scrolling.
 */
export const rowsInSight = (rows: Rows, printing: boolean): (() => void) => {
  const { scroll, above, below, count, height, make } = rows;
  let alive = new Map<number, HTMLElement>();
  return () => {
    const top = scroll.scrollTop;
    // The box is never higher than the window; before its rows exist it is lower than it will be.
    const seen = window.innerHeight;
    const first = printing ? 0 : Math.max(0, Math.floor(top / height) - 2);
    const end = printing ? maxPrintedRows : Math.ceil((top + seen) / height) + 2;
    const last = Math.min(count, end);
    const next = new Map<number, HTMLElement>();
    for (let at = first; at < last; at += 1) next.set(at, alive.get(at) ?? make(at));
    for (const [at, element] of alive) if (!next.has(at)) element.remove();
    const body = above.row.parentElement;
    if (body !== null) keepInOrder(body, above.row.nextSibling, next.values());
    alive = next;
    above.cell.style.setProperty('height', `${first * height}px`);
    below.cell.style.setProperty('height', printing ? '0' : `${(count - last) * height}px`);
  };
};
