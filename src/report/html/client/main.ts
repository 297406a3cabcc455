/** The page's script, last part: the tools above the gallery, and putting it all on the page. */
export const main = String.raw`
const shownText = h('p', { class: 'shown', role: 'status' });

const update = () => {
  choose();
  shownText.textContent = view.shown.length === runs.length
    ? plural(runs.length, 'run')
    : view.shown.length.toLocaleString('en-US') + ' of ' + plural(runs.length, 'run');
  nothing.hidden = view.shown.length > 0;
  if (view.mode === 'grid') drawBoard();
  else resetSlice();
};

const nothing = h('p', { class: 'nothing', hidden: true }, h('span', { text: 'No run fits.' }),
  h('button', { class: 'plain', type: 'button', text: 'Show all', onclick: () => {
    Object.assign(view, { text: '', choices: [] });
    view.statuses.clear();
    search.value = '';
    drawTools();
    update();
  } }));

const search = h('input', { type: 'search', placeholder: 'Search prompts, names, errors, task ids', 'aria-label': 'Search', oninput: framed(() => { view.text = search.value; update(); }) });

const statusButtons = () => statusOrder
  .map((status) => [status, runs.filter((run) => run.status === status).length])
  .filter(([, count]) => count > 0)
  .map(([status, count]) => h('button', { class: 'toggle s-' + status, type: 'button', 'aria-pressed': String(view.statuses.has(status)),
    onclick: (event) => {
      if (!view.statuses.delete(status)) view.statuses.add(status);
      event.currentTarget.setAttribute('aria-pressed', String(view.statuses.has(status)));
      update();
    } }, h('span', { text: status }), h('b', { text: count.toLocaleString('en-US') })));

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
    if (choice && !view.choices.includes(choice)) view.choices.push(choice);
    drawTools();
    update();
  } }, option('', 'Filter by value', true),
    groups.map((group) => h('optgroup', { label: group }, all.map((choice, at) => (choice.group === group ? option(at, choice.value) : null)).filter(Boolean))));
};

const choiceChips = () => view.choices.map((choice) =>
  h('button', { class: 'chip on', type: 'button', 'aria-label': 'Remove filter ' + choice.group + ' ' + choice.value,
    onclick: () => { view.choices = view.choices.filter((other) => other !== choice); drawTools(); update(); } },
  h('span', { text: shortName(choice.group) + ': ' + choice.value }), h('span', { 'aria-hidden': 'true', text: ' ✕' })));

const sortList = () => h('select', { 'aria-label': 'Sort', onchange: (event) => { view.sort = event.target.value; update(); } },
  Object.entries(sorts).map(([key, [label]]) => option(key, label, view.sort === key)));

const modes = { gallery: 'Gallery', list: 'List', ...(axes.length > 0 && { grid: 'Grid' }) };

const modeButtons = () => h('div', { class: 'modes', role: 'group', 'aria-label': 'View' },
  Object.entries(modes).map(([mode, label]) => h('button', { type: 'button', text: label, 'aria-pressed': String(view.mode === mode),
    onclick: (event) => {
      view.mode = mode;
      for (const button of event.currentTarget.parentElement.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
      putView();
      update();
      const place = document.getElementById('runs');
      if (place.getBoundingClientRect().top < 0) place.scrollIntoView({ behavior: 'instant' });
    } })));

const sizeButtons = () => h('div', { class: 'modes', role: 'group', 'aria-label': 'Size' },
  Object.keys(tileWidths).map((size) => h('button', { type: 'button', text: size.toUpperCase(), 'aria-pressed': String(view.size === size),
    'aria-label': { s: 'Small', m: 'Medium', l: 'Large' }[size] + ' pictures',
    onclick: (event) => {
      view.size = size;
      for (const button of event.currentTarget.parentElement.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
      update();
    } })));

const tools = h('div', { class: 'tools', role: 'search' });
const drawTools = () => tools.replaceChildren(
  h('div', { class: 'shelf' }, search, choiceList(), sortList(), h('span', { class: 'spring' }), sizeButtons(), modeButtons()),
  h('div', { class: 'shelf' }, h('div', { class: 'toggles', role: 'group', 'aria-label': 'Status' }, statusButtons()), choiceChips(),
    h('span', { class: 'spring' }), shownText));

const stand = h('div', { class: 'stand' });
const putView = () => stand.replaceChildren(view.mode === 'grid' ? board : pane);

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || dialog.open || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  search.focus();
});

drawTools();
putView();
document.getElementById('runs').append(tools, nothing, stand);
document.body.append(dialog);
drawAttention();
update();
`;
