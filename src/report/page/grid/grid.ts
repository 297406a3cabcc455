import { grouped } from '../../../values/amounts.js';
import type { Run } from '../batch.js';
import { faceAt, stillOf } from '../cards/media.js';
import { badgeOf } from '../picking/badge.js';
import { openLabel } from '../cards/parts.js';
import type { Context } from '../context.js';
import { button, framed, h } from '../dom.js';
import { clip, joined } from '../format.js';
import { shortName } from '../values/columns.js';
import type { Choice, Size } from '../view.js';
import type { Axes } from './axes.js';
import { bestAxes, chosenAxes, maxColumns } from './axes.js';
import { axesChoice } from './axes-choice.js';
import type { Cells, Line } from './cells.js';
import { cellsOf } from './cells.js';
import { makeSpacer, maxPrintedRows, rowsInSight } from './rows-in-sight.js';

const maxInCell = 9;
const tileWidths: Readonly<Record<Size, number>> = { s: 110, m: 180, l: 280 };
/** Padding and line between two rows. */
const rowGap = 8;

/** A table of pictures over up to four variables. */
export class Grid {
  readonly element = h('div', { class: 'board' });
  readonly #context: Context;
  /** What spans the batch best does not change. */
  #best: Axes | null | undefined;
  #printing = false;

  constructor(context: Context) {
    this.#context = context;
  }

  redraw(): void {
    if (this.element.isConnected) this.draw();
  }

  /** As it was scrolled. */
  redrawInPlace(): void {
    const before = this.element.querySelector('.scroll');
    const [left, top] = [before?.scrollLeft ?? 0, before?.scrollTop ?? 0];
    this.redraw();
    this.element.querySelector('.scroll')?.scrollTo({ left, top, behavior: 'instant' });
  }

  print(printing: boolean): void {
    this.#printing = printing;
    this.redraw();
  }

  draw(): void {
    const { view, tile, batch } = this.#context;
    const axes =
      view.axes === null ? (this.#best ??= bestAxes(batch)) : chosenAxes(batch, view.axes);
    if (axes === null) return;
    const cells = cellsOf(view.runs, axes);
    const height = Math.round(tileWidths[view.size] * tile.shape()) + rowGap;
    this.element.className = `board size-${view.size}`;
    this.element.style.setProperty('--cell', `${height - rowGap}px`);
    const { scroll, drawRows } = this.#table(axes, cells, height);
    scroll.addEventListener('scroll', framed(drawRows), { passive: true });
    const choice = axesChoice(this.#context, axes, () => {
      this.#context.changed();
      this.draw();
    });
    choice.append(h('span', { class: 'note', text: this.#leftOut(cells) }));
    this.element.replaceChildren(choice, scroll);
    drawRows();
  }

  #table(
    axes: Axes,
    { rows, columns, runsAt }: Cells,
    height: number,
  ): { readonly scroll: HTMLElement; readonly drawRows: () => void } {
    const shown = columns.slice(0, maxColumns);
    const [above, below] = [makeSpacer(shown.length + 1), makeSpacer(shown.length + 1)];
    const table = h(
      'table',
      { 'aria-rowcount': rows.length + 1 },
      h('caption', { class: 'unseen', text: joined(namesOf(axes), ' by ') }),
      headOf(axes, shown),
      h('tbody', {}, above.row, below.row),
    );
    const scroll = h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Grid' },
      table,
    );
    const make = (at: number): HTMLElement => {
      const row = rows[at] ?? [];
      const cellAt = (column: Line): HTMLElement =>
        this.#cell(runsAt(row, column), choicesOf(axes, row, column));
      return h('tr', { 'aria-rowindex': at + 2 }, heading('row', row), shown.map(cellAt));
    };
    const drawRows = rowsInSight(
      { scroll, above, below, count: rows.length, height, make },
      this.#printing,
    );
    return { scroll, drawRows };
  }

  #cell(runs: readonly Run[], choices: readonly Choice[]): HTMLElement {
    const count = runs.length;
    if (count === 0)
      return h(
        'td',
        {},
        h('span', { class: 'empty' }, h('span', { class: 'note', text: 'no run' })),
      );
    const fit = count > 4 ? 3 : count > 1 ? 2 : 1;
    const more =
      count <= maxInCell
        ? null
        : button(
            {
              class: 'extra',
              text: `+${count - maxInCell}`,
              'aria-label': `Show all ${count} runs`,
            },
            () => this.#context.showChosen(choices),
          );
    const pictures = runs.slice(0, maxInCell).map((run) => this.#picture(run));
    return h('td', {}, h('div', { class: `cell fit-${fit}` }, pictures, more));
  }

  #picture(run: Run): HTMLElement {
    return button(
      { class: 'stage', title: run.name },
      (pressed) => this.#context.open(run, pressed),
      openLabel(run, run.status),
      stillOf(this.#context, run),
      badgeOf(this.#context.marks, { run, output: faceAt(run) }),
    );
  }

  #leftOut({ rows, columns }: Cells): string {
    return joined(
      [
        columns.length > maxColumns
          ? `the first ${maxColumns} of ${grouped(columns.length)} columns are shown`
          : null,
        this.#printing && rows.length > maxPrintedRows
          ? `the first ${maxPrintedRows} of ${grouped(rows.length)} rows are printed`
          : null,
      ],
      ', ',
    );
  }
}

const choicesOf = ({ down, across }: Axes, row: Line, column: Line): readonly Choice[] =>
  [...down, ...across].flatMap(({ name, at }, place) => {
    const value = [...row, ...column][place] ?? null;
    return value === null ? [] : [{ group: name, at, value }];
  });

const namesOf = ({ down, across }: Axes): readonly string[] =>
  [...down, ...across].map(({ name }) => name);

const headOf = ({ down, across }: Axes, columns: readonly Line[]): HTMLElement | null => {
  if (across.length === 0) return null;
  const names = [down, across].map((side) => side.map(({ name }) => shortName(name)).join(' / '));
  return h(
    'thead',
    {},
    h(
      'tr',
      { 'aria-rowindex': 1 },
      h('td', { class: 'corner', text: names.join(' ╲ ') }),
      columns.map((line) => heading('col', line)),
    ),
  );
};

const heading = (scope: 'row' | 'col', line: Line): HTMLElement =>
  h(
    'th',
    { scope },
    h(
      'div',
      {},
      line.map((value) =>
        value === null
          ? h('span', { class: 'none', text: 'not given' })
          : h('span', { text: clip(value), title: clip(value) }),
      ),
    ),
  );
