import { grouped } from '../../../values/amounts.js';
import type { Axis, Batch, Run } from '../batch.js';
import { stillOf } from '../cards/media.js';
import { openLabel } from '../cards/parts.js';
import type { Context } from '../context.js';
import { button, framed, h, option, select } from '../dom.js';
import { clip, groupBy, joined } from '../format.js';
import { shortName } from '../values/columns.js';
import type { Choice, Size } from '../view.js';
import { makeSpacer, maxPrintedRows, rowsInSight } from './rows-in-sight.js';

/** Wider tables could not be read; the table says what it leaves out. */
const maxColumns = 60;
const maxInCell = 9;
const tileWidths: Readonly<Record<Size, number>> = { s: 110, m: 180, l: 280 };
/** Padding and line between two rows. */
const rowGap = 8;

/** Two variables of the matrix; without the second one the table has one column. */
interface Axes {
  readonly down: Axis;
  readonly across: Axis | null;
}

/** The rows and columns that have a run, and the runs of each cell. null: the one column. */
interface Cells {
  readonly rows: readonly string[];
  readonly columns: readonly (string | null)[];
  readonly runsAt: (row: string, column: string | null) => readonly Run[];
}

/** A table of pictures over two variables of the matrix. */
export class Grid {
  readonly element = h('div', { class: 'board' });
  readonly #context: Context;
  #axes: Axes | null;
  #printing = false;

  constructor(context: Context) {
    this.#context = context;
    this.#axes = firstAxes(context.batch);
  }

  redraw(): void {
    if (this.element.isConnected) this.draw();
  }

  print(printing: boolean): void {
    this.#printing = printing;
    this.redraw();
  }

  draw(): void {
    if (this.#axes === null) return;
    const { down } = this.#axes;
    const across = this.#axes.across === down ? null : this.#axes.across;
    const { view, tile } = this.#context;
    const cells = cellsOf(view.runs, { down, across });
    const height = Math.round(tileWidths[view.size] * tile.shape()) + rowGap;
    this.element.className = `board size-${view.size}`;
    this.element.style.setProperty('--cell', `${height - rowGap}px`);
    const { scroll, drawRows } = this.#table({ down, across }, cells, height);
    scroll.addEventListener('scroll', framed(drawRows), { passive: true });
    this.element.replaceChildren(
      h(
        'div',
        { class: 'axes' },
        this.#downChoice({ down, across: this.#axes.across }),
        this.#acrossChoice({ down, across: this.#axes.across }),
        h('span', { class: 'note', text: this.#leftOut(cells) }),
      ),
      scroll,
    );
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
      const row = rows[at] ?? '';
      const cellAt = (column: string | null): HTMLElement =>
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
        h('span', { class: 'empty' }, h('span', { class: 'unseen', text: 'no run' })),
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
    );
  }

  #downChoice({ down, across }: Axes): HTMLElement {
    const choose = (axis: Axis | null): void => this.#setAxes({ down: axis ?? down, across });
    return axisChoice('Down', this.#optionsOf(down), this.#chooser(choose));
  }

  #acrossChoice({ down, across }: Axes): HTMLElement {
    const choose = (axis: Axis | null): void => this.#setAxes({ down, across: axis });
    const options = [option('', 'nothing', across === null), ...this.#optionsOf(across)];
    return axisChoice('Across', options, this.#chooser(choose));
  }

  #optionsOf(chosen: Axis | null): readonly HTMLOptionElement[] {
    return this.#context.batch.axes.map((axis) =>
      option(axis.name, `${axis.name} (${grouped(axis.values.length)})`, axis === chosen),
    );
  }

  #chooser(choose: (axis: Axis | null) => void): (name: string) => void {
    return (wanted) => choose(this.#context.batch.axes.find(({ name }) => name === wanted) ?? null);
  }

  #setAxes(axes: Axes): void {
    this.#axes = axes;
    this.draw();
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

/**
 * The longest axis goes down, the longest of the others that fits goes across. A variable whose
 * values never repeat is no axis.
 */
const firstAxes = ({ axes, runs }: Batch): Axes | null => {
  const repeating = axes.filter(({ values }) => values.length < runs.length);
  const [down, ...others] = [...(repeating.length > 0 ? repeating : axes)].sort(
    (a, b) => b.values.length - a.values.length,
  );
  if (down === undefined) return null;
  return { down, across: others.find(({ values }) => values.length <= maxColumns) ?? null };
};

const cellsOf = (runs: readonly Run[], { down, across }: Axes): Cells => {
  const valueAt = (axis: Axis | null, run: Run): string | null =>
    axis === null ? null : (run.values[axis.at] ?? null);
  const keyOf = (row: string | null, column: string | null): string =>
    JSON.stringify([row, column]);
  const cells = groupBy(runs, (run) => keyOf(valueAt(down, run), valueAt(across, run)));
  const used = (axis: Axis): readonly string[] => {
    const found = new Set(runs.map((run) => valueAt(axis, run)));
    return axis.values.filter((value) => found.has(value));
  };
  return {
    rows: used(down),
    columns: across === null ? [null] : used(across),
    runsAt: (row, column) => cells.get(keyOf(row, column)) ?? [],
  };
};

const choicesOf = ({ down, across }: Axes, row: string, column: string | null): Choice[] => {
  const choiceOf = ({ name, at }: Axis, value: string): Choice => ({ group: name, at, value });
  return across === null || column === null
    ? [choiceOf(down, row)]
    : [choiceOf(down, row), choiceOf(across, column)];
};

const namesOf = ({ down, across }: Axes): readonly string[] =>
  across === null ? [down.name] : [down.name, across.name];

const headOf = (axes: Axes, columns: readonly (string | null)[]): HTMLElement | null => {
  if (axes.across === null) return null;
  const corner = namesOf(axes).map(shortName).join(' ╲ ');
  return h(
    'thead',
    {},
    h(
      'tr',
      { 'aria-rowindex': 1 },
      h('td', { class: 'corner', text: corner }),
      columns.map((text) => heading('col', text ?? '')),
    ),
  );
};

const heading = (scope: 'row' | 'col', text: string): HTMLElement =>
  h('th', { scope }, h('span', { text: clip(text), title: clip(text) }));

const axisChoice = (
  label: string,
  options: readonly HTMLOptionElement[],
  choose: (name: string) => void,
): HTMLElement =>
  h('label', { class: 'choice' }, h('span', { text: label }), select({}, choose, ...options));
