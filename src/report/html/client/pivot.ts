/**
 * The page's script: a table of pictures over two variables of the matrix. As in the gallery, of
 * many rows only those in sight exist.
 */
export const pivot = String.raw`
/** Wider tables could not be read; the table says what it leaves out. */
const maxColumns = 60;
const maxInCell = 9;
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

let drawRows = () => {};

const drawBoard = () => {
  const { down } = chosenAxes;
  const across = chosenAxes.across === down ? null : chosenAxes.across;
  board.className = 'board size-' + view.size;
  board.style.setProperty('--shape', shape);
  const { cells, rows, columns } = cellsOf(down, across);
  const shownColumns = columns.slice(0, maxColumns);
  const rowHeight = Math.round(boardTiles[view.size] * shape) + rowGap;
  board.style.setProperty('--cell', rowHeight - rowGap + 'px');
  const spacer = () => h('tr', { 'aria-hidden': 'true' }, h('td', { class: 'spacer', colspan: shownColumns.length + 1 }));
  const [above, below] = [spacer(), spacer()];
  const body = h('tbody', {}, above, below);
  const table = h('table', { 'aria-rowcount': rows.length + 1 },
    h('caption', { class: 'unseen', text: down.name + (across ? ' by ' + across.name : '') }),
    across ? h('thead', {}, h('tr', { 'aria-rowindex': 1 }, h('td', { class: 'corner', text: shortName(down.name) + ' ╲ ' + shortName(across.name) }),
      shownColumns.map((text) => heading('col', text)))) : null,
    body);
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Grid' }, table);
  const rowOf = (text, at) => h('tr', { 'aria-rowindex': at + 2 }, heading('row', text),
    shownColumns.map((column) => cellOf(cells.get(JSON.stringify([text, column])) || [], () => showAll(down, across, text, column))));
  let alive = new Map();
  drawRows = () => {
    const [first, last] = printing
      ? [0, Math.min(rows.length, 100)]
      : [Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - 2), Math.min(rows.length, Math.ceil((scroll.scrollTop + (scroll.clientHeight || window.innerHeight)) / rowHeight) + 2)];
    const next = new Map();
    for (let at = first; at < last; at += 1) next.set(at, alive.get(at) || rowOf(rows[at], at));
    for (const [at, element] of alive) if (!next.has(at)) element.remove();
    let place = above.nextSibling;
    for (const element of next.values()) {
      if (element === place) place = place.nextSibling;
      else body.insertBefore(element, place);
    }
    alive = next;
    above.firstChild.style.setProperty('height', first * rowHeight + 'px');
    below.firstChild.style.setProperty('height', (rows.length - last) * rowHeight + 'px');
  };
  scroll.addEventListener('scroll', framed(drawRows), { passive: true });
  board.replaceChildren(
    h('div', { class: 'axes' }, axisChoice('Down', 'down'), axisChoice('Across', 'across'),
      columns.length > maxColumns ? h('span', { class: 'note', text: 'the first ' + maxColumns + ' of ' + grouped(columns.length) + ' columns are shown' }) : null),
    scroll);
  drawRows();
};
`;
