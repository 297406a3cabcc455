/** The page's script: a table of pictures over two axes of the matrix. */
export const pivot = String.raw`
const maxPivotRows = 60;
const maxPivotColumns = 24;
const maxInCell = 9;
const board = h('div', { class: 'board' });

/** By default the axis with more values goes down and the other across. */
const chosenAxes = (() => {
  const sorted = [...axes].sort((a, b) => a.values.length - b.values.length);
  const [across, down] = sorted;
  return { down: down || across || null, across: down ? across : null };
})();

const axisChoice = (label, which) =>
  h('label', { class: 'choice' }, h('span', { text: label }),
    h('select', { onchange: (event) => { chosenAxes[which] = axes.find(({ name }) => name === event.target.value) || null; drawBoard(); } },
      which === 'across' ? option('', 'nothing', chosenAxes.across === null) : null,
      axes.map((axis) => option(axis.name, axis.name, chosenAxes[which] === axis))));

const thumbOf = (run) =>
  h('button', { class: 'stage', type: 'button', title: run.name, 'aria-label': 'Open ' + run.name + ', ' + run.status, onclick: () => openViewer(run) }, stageOf(run));

const cellOf = (found) => h('td', {},
  found.length === 0 ? h('span', { class: 'empty' }, h('span', { class: 'unseen', text: 'no run' })) : h('div', { class: 'cell fit-' + (found.length > 4 ? 3 : found.length > 1 ? 2 : 1) },
    found.slice(0, maxInCell).map(thumbOf),
    found.length > maxInCell ? h('span', { class: 'extra', text: '+' + (found.length - maxInCell) }) : null));

const boardTable = (down, across) => {
  const rows = down.values.slice(0, maxPivotRows);
  const columns = across ? across.values.slice(0, maxPivotColumns) : [null];
  const cells = groupBy(view.shown, ({ values }) => JSON.stringify([values[down.at], across ? values[across.at] : null]));
  return h('table', {},
    h('caption', { class: 'unseen', text: down.name + (across ? ' by ' + across.name : '') }),
    across ? h('thead', {}, h('tr', {}, h('td', { class: 'corner', text: shortName(down.name) + ' ╲ ' + shortName(across.name) }),
      columns.map((value) => h('th', { scope: 'col' }, h('span', { text: value, title: value }))))) : null,
    h('tbody', {}, rows.map((value) => h('tr', {}, h('th', { scope: 'row' }, h('span', { text: value, title: value })),
      columns.map((column) => cellOf(cells.get(JSON.stringify([value, column])) || []))))));
};

const drawBoard = () => {
  const { down, across } = chosenAxes;
  board.className = 'board size-' + view.size;
  board.style.setProperty('--shape', shape);
  const other = across === down ? null : across;
  const cut = down && (down.values.length > maxPivotRows || (other && other.values.length > maxPivotColumns));
  board.replaceChildren(
    h('div', { class: 'axes' }, axisChoice('Down', 'down'), axisChoice('Across', 'across'),
      cut ? h('span', { class: 'note', text: 'the first ' + maxPivotRows + ' × ' + maxPivotColumns + ' are shown' }) : null),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Grid' }, boardTable(down, other)));
};
`;
