/** The page's script: failures first. Equal ones are told once, with all runs that have them. */
export const attention = String.raw`
const maxNamed = 6;
const maxMore = 200;

const groupTroubles = () => {
  const keyOf = ({ status, error }) =>
    JSON.stringify([status, error && [error.class, error.code, error.node, error.field, error.message]]);
  const groups = groupBy(runs.filter(({ status }) => trouble.includes(status)), keyOf);
  return [...groups.values()].sort(
    ([a], [b]) => trouble.indexOf(a.status) - trouble.indexOf(b.status) || a.index - b.index);
};

const nodeText = ({ node, field }) => {
  const known = fields.find((candidate) => candidate.node === node);
  const name = known ? (known.title || known.class) + ' (node ' + node + ')' : 'node ' + node;
  return field === null ? name : name + ', field ' + field;
};

const chipOf = (run) =>
  h('button', { class: 'chip', type: 'button', text: run.name, title: run.row || '', onclick: () => openViewer(run) });

const chipsOf = (group) => {
  const box = h('div', { class: 'chips' }, group.slice(0, maxNamed).map(chipOf));
  if (group.length > maxNamed)
    box.append(h('button', { class: 'chip more', type: 'button', text: 'and ' + grouped(group.length - maxNamed) + ' more',
      onclick: (event) => {
        const next = group.slice(box.children.length - 1, box.children.length - 1 + maxMore);
        event.target.before(...next.map(chipOf));
        const left = group.length - (box.children.length - 1);
        if (left > 0) event.target.textContent = 'and ' + grouped(left) + ' more';
        else event.target.remove();
      } }));
  return box;
};

const troubleOf = (group) => {
  const [{ status, error }] = group;
  const facts = error
    ? [error.node !== null && nodeText(error), error.code !== null && 'code ' + error.code].filter(Boolean)
    : [];
  return h('li', { class: 'trouble s-' + status },
    h('span', { class: 'status s-' + status, text: plural(group.length, 'run') + ' ' + status }),
    h('div', {},
      h('p', { class: 'reason', text: error ? error.message : status }),
      facts.length ? h('p', { class: 'facts-line', text: facts.join(' · ') }) : null,
      error && error.traceback
        ? h('details', {}, h('summary', { text: 'Traceback' }), h('pre', { tabindex: '0', text: error.traceback }))
        : null),
    chipsOf(group));
};

const drawAttention = () => {
  const groups = groupTroubles();
  if (groups.length === 0) return;
  const section = document.getElementById('attention');
  const shown = 20;
  const list = h('ul', {}, groups.slice(0, shown).map(troubleOf));
  section.append(h('h2', { id: 'attention-title', text: 'Needs attention' }), list);
  if (groups.length > shown)
    section.append(h('button', { class: 'plain', type: 'button', text: 'Show ' + (groups.length - shown) + ' more kinds',
      onclick: (event) => { list.append(...groups.slice(shown).map(troubleOf)); event.target.remove(); } }));
  section.hidden = false;
};
`;
