/**
 * The page's script: a table of pictures over two variables of the matrix. As in the gallery, of
 * many rows only those in sight exist.
 */
export const pivot = String.raw`
/** Wider tables could not be read; the table says what it leaves out. */
const maxColumns = 60;
const maxInCell = 9;
const maxPrintedRows = 100;
const boardTiles = { s: 110, m: 180, l: 280 };
/** Padding and line between two rows. */
const rowGap = 8;
const board = h('div', { class: 'board' });

/** By default the longest axis goes down, the longest of the others that fits across. A variable whose values never repeat is no axis. */
const chosenAxes = (() => {
  const repeating = allAxes.filter(({ values }) => values.length < runs.length);
  const sorted = [...(repeating.length > 0 ? repeating : allAxes)].sort((a, b) => b.values.length - a.values.length);
  return { down: sorted[0] || null, across: sorted.slice(1).find(({ values }) => values.length <= maxColumns) || null };
})();

const axisChoice = (label, which) =>
  h('label', { class: 'choice' }, h('span', { text: label }),
    h('select', { onchange: (event) => { chosenAxes[which] = allAxes.find(({ name }) => name === event.target.value) || null; drawBoard(); } },
      which === 'across' ? option('', 'nothing', chosenAxes.across === null) : null,
      allAxes.map((axis) => option(axis.name, axis.name + ' (' + grouped(axis.values.length) + ')', chosenAxes[which] === axis))));

const thumbOf = (run) =>
  h('button', { class: 'stage', type: 'button', title: run.name,
    onclick: (event) => openViewer(run, event.currentTarget) }, openWords(run, run.status), stageOf(run));

const showAll = (down, across, row, column) => {
  view.choices = [{ group: down.name, at: down.at, value: row }, ...(across ? [{ group: across.name, at: across.at, value: column }] : [])];
  setMode('gallery');
};

const cellOf = (found, all) => h('td', {},
  found.length === 0 ? h('span', { class: 'empty' }, h('span', { class: 'unseen', text: 'no run' })) : h('div', { class: 'cell fit-' + (found.length > 4 ? 3 : found.length > 1 ? 2 : 1) },
    found.slice(0, maxInCell).map(thumbOf),
    found.length > maxInCell ? h('button', { class: 'extra', type: 'button', text: '+' + (found.length - maxInCell), 'aria-label': 'Show all ' + found.length + ' runs', onclick: all }) : null));

const heading = (scope, text) => h('th', { scope }, h('span', { text: clip(text), title: clip(text) }));

/** Rows and columns that have a run, and the runs of each cell. */
const cellsOf = (down, across) => {
  const cells = groupBy(view.shown, ({ values }) => JSON.stringify([values[down.at], across ? values[across.at] : null]));
  const used = (axis) => {
    const found = new Set(view.shown.map(({ values }) => values[axis.at]));
    return axis.values.filter((text) => found.has(text));
  };
  return { cells, rows: used(down), columns: across ? used(across) : [null] };
};

/** Keeps alive the rows of a table that are in sight of its scrolling box, between two spacers. */
const rowsInSight = ({ scroll, above, below, count, height, make }) => {
  let alive = new Map();
  return () => {
    const top = scroll.scrollTop;
    const seen = scroll.clientHeight || window.innerHeight;
    const first = printing ? 0 : Math.max(0, Math.floor(top / height) - 2);
    const last = Math.min(count, printing ? maxPrintedRows : Math.ceil((top + seen) / height) + 2);
    const next = new Map();
    for (let at = first; at < last; at += 1) next.set(at, alive.get(at) || make(at));
    for (const [at, element] of alive) if (!next.has(at)) element.remove();
    let place = above.nextSibling;
    for (const element of next.values()) {
      if (element === place) place = place.nextSibling;
      else above.parentElement.insertBefore(element, place);
    }
    alive = next;
    above.firstChild.style.setProperty('height', first * height + 'px');
    below.firstChild.style.setProperty('height', printing ? '0' : (count - last) * height + 'px');
  };
};

const boardTable = (down, across, columns, count) => {
  const spacer = () => h('tr', { 'aria-hidden': 'true' }, h('td', { class: 'spacer', colspan: columns.length + 1 }));
  const [above, below] = [spacer(), spacer()];
  const table = h('table', { 'aria-rowcount': count + 1 },
    h('caption', { class: 'unseen', text: down.name + (across ? ' by ' + across.name : '') }),
    across ? h('thead', {}, h('tr', { 'aria-rowindex': 1 }, h('td', { class: 'corner', text: shortName(down.name) + ' ╲ ' + shortName(across.name) }),
      columns.map((text) => heading('col', text)))) : null,
    h('tbody', {}, above, below));
  return { table, above, below };
};

const leftOut = (columns, rows) => [
  columns > maxColumns && 'the first ' + maxColumns + ' of ' + grouped(columns) + ' columns are shown',
  printing && rows > maxPrintedRows && 'the first ' + maxPrintedRows + ' of ' + grouped(rows) + ' rows are printed',
].filter(Boolean).join(', ');

const drawBoard = () => {
  const { down } = chosenAxes;
  const across = chosenAxes.across === down ? null : chosenAxes.across;
  const { cells, rows, columns } = cellsOf(down, across);
  const shown = columns.slice(0, maxColumns);
  const height = Math.round(boardTiles[view.size] * shape) + rowGap;
  board.className = 'board size-' + view.size;
  board.style.setProperty('--cell', height - rowGap + 'px');
  const { table, above, below } = boardTable(down, across, shown, rows.length);
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Grid' }, table);
  const make = (at) => h('tr', { 'aria-rowindex': at + 2 }, heading('row', rows[at]),
    shown.map((column) => cellOf(cells.get(JSON.stringify([rows[at], column])) || [], () => showAll(down, across, rows[at], column))));
  const drawRows = rowsInSight({ scroll, above, below, count: rows.length, height, make });
  scroll.addEventListener('scroll', framed(drawRows), { passive: true });
  board.replaceChildren(
    h('div', { class: 'axes' }, axisChoice('Down', 'down'), axisChoice('Across', 'across'),
      h('span', { class: 'note', text: leftOut(columns.length, rows.length) })),
    scroll);
  drawRows();
};
`;
