/** The page's script, last part: the tools above the gallery, and putting it all on the page. */
export const main = String.raw`
const shownText = h('p', { class: 'shown', role: 'status' });

const update = () => {
  choose();
  const all = view.mode === 'changes' ? pairs.length : runs.length;
  shownText.textContent = view.shown.length === all ? plural(all, 'run') : grouped(view.shown.length) + ' of ' + plural(all, 'run');
  nothing.hidden = view.shown.length > 0 || view.mode === 'timeline';
  nothing.firstChild.textContent = all === 0 ? 'This batch has no runs.' : 'No run fits.';
  nothing.lastChild.hidden = all === 0;
  if (view.mode === 'grid') drawBoard();
  else if (view.mode === 'timeline') drawTimeline();
  else resetSlice();
};

const nothing = h('div', { class: 'nothing', hidden: true }, h('p', {}),
  h('button', { class: 'plain', type: 'button', text: 'Show all', onclick: () => {
    Object.assign(view, { text: '', choices: [] });
    view.statuses.clear();
    view.verdicts.clear();
    search.value = '';
    drawTools();
    update();
  } }));

const search = h('input', { type: 'search', placeholder: 'Search, or name=value', 'aria-label': 'Search', title: 'Words, "words in quotes", or name=value for one variable',
  oninput: framed(() => { view.text = search.value; update(); }) });

const toggles = (names, chosen, countOf, wordOf, classOf) => names
  .map((name) => [name, countOf(name)])
  .filter(([, count]) => count > 0)
  .map(([name, count]) => h('button', { class: 'toggle ' + classOf(name), type: 'button', 'aria-pressed': String(chosen.has(name)),
    onclick: (event) => {
      if (!chosen.delete(name)) chosen.add(name);
      event.currentTarget.setAttribute('aria-pressed', String(chosen.has(name)));
      update();
    } }, h('span', { text: wordOf(name) }), h('b', { text: grouped(count) })));

const toggleButtons = () => view.mode === 'changes'
  ? toggles(verdictOrder, view.verdicts, (name) => pairs.filter(({ verdict }) => verdict === name).length, (name) => verdictWords[name], (name) => 'v-' + name)
  : toggles(statusOrder, view.statuses, (name) => runs.filter(({ status }) => status === name).length, (name) => name, (name) => 's-' + name);

/** Every axis value and tag as one list; each choice becomes a chip that takes itself away. */
const choiceList = () => {
  const all = [
    ...axes.flatMap(({ name, at, values }) => values.map((value) => ({ group: name, at, value }))),
    ...tags.map((value) => ({ group: 'tag', at: 'tag', value })),
  ];
  if (all.length === 0) return null;
  const groups = [...new Set(all.map(({ group }) => group))];
  return h('select', { 'aria-label': 'Filter by value or tag', onchange: (event) => {
    const choice = all[Number(event.target.value)];
    if (choice && !view.choices.some(({ at, value }) => at === choice.at && value === choice.value)) view.choices.push(choice);
    drawTools();
    update();
  } }, option('', 'Filter by value', true),
    groups.map((group) => h('optgroup', { label: group }, all.map((choice, at) => (choice.group === group ? option(at, clip(choice.value, 80)) : null)).filter(Boolean))));
};

const choiceChips = () => view.choices.map((choice) =>
  h('button', { class: 'chip on', type: 'button', 'aria-label': 'Remove filter ' + choice.group + ' ' + clip(choice.value, 80),
    onclick: () => { view.choices = view.choices.filter((other) => other !== choice); drawTools(); update(); } },
  h('span', { text: shortName(choice.group) + ': ' + clip(choice.value, 80) }), h('span', { 'aria-hidden': 'true', text: ' ✕' })));

const sortList = () => {
  if (view.mode === 'grid' || view.mode === 'timeline') return null;
  const [all, key] = view.mode === 'changes' ? [pairSorts, 'pairSort'] : [sorts, 'sort'];
  return h('select', { 'aria-label': 'Sort', onchange: (event) => { view[key] = event.target.value; update(); } },
    Object.entries(all).map(([name, [label]]) => option(name, label, view[key] === name)));
};

const modes = { ...(data.before && { changes: 'Changes' }), gallery: 'Gallery', list: 'List', ...(allAxes.length > 0 && { grid: 'Grid' }), timeline: 'Timeline' };

const setMode = (mode) => {
  const focused = tools.contains(document.activeElement);
  view.mode = mode;
  drawTools();
  stand.replaceChildren(...(mode === 'grid' ? [board] : mode === 'timeline' ? [timelineBox] : [pane, unprinted]));
  update();
  const button = tools.querySelector('.views [aria-pressed=true]');
  if (button && focused) button.focus({ preventScroll: true });
  const place = document.getElementById('runs');
  if (place.getBoundingClientRect().top < 0) place.scrollIntoView({ behavior: 'instant' });
};

const modeButtons = () => h('div', { class: 'modes views', role: 'group', 'aria-label': 'View' },
  Object.entries(modes).map(([mode, label]) => h('button', { type: 'button', text: label, 'aria-pressed': String(view.mode === mode), onclick: () => setMode(mode) })));

const sizeButtons = () => view.mode === 'list' || view.mode === 'timeline' ? null : h('div', { class: 'modes', role: 'group', 'aria-label': 'Size' },
  Object.keys(tileWidths).map((size) => h('button', { type: 'button', text: size.toUpperCase(), 'aria-pressed': String(view.size === size),
    'aria-label': { s: 'Small', m: 'Medium', l: 'Large' }[size] + ' pictures',
    onclick: (event) => {
      view.size = size;
      for (const button of event.currentTarget.parentElement.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
      update();
    } })));

const tools = h('div', { class: 'tools', role: 'search' });
const drawTools = () => tools.replaceChildren(
  h('div', { class: 'shelf' }, ...[search, choiceList(), sortList(), h('span', { class: 'spring' }), sizeButtons(), modeButtons()].filter(Boolean)),
  h('div', { class: 'shelf' }, h('div', { class: 'toggles', role: 'group', 'aria-label': view.mode === 'changes' ? 'Change' : 'Status' }, toggleButtons()), ...choiceChips(),
    h('span', { class: 'spring' }), shownText));

const stand = h('div', { class: 'stand' });

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || dialog.open || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  search.focus();
});
document.addEventListener('shape', framed(() => board.isConnected && drawBoard()));

document.getElementById('runs').append(tools, nothing, stand);
document.body.append(dialog, pinnedBar);
drawAttention();
setMode(data.before ? 'changes' : 'gallery');

/** A link to one run of the report: report.html#run=NAME. */
const linked = /^#run=(.+)$/.exec(location.hash);
const named = linked && runs.find((run) => linkTo(run) === linked[0]);
if (named) {
  if (view.mode === 'changes') setMode('gallery');
  openViewer(named);
}
`;
