/** The page's script: two runs field by field, with what differs marked. */
export const differences = String.raw`
/** The inputs of two runs as rows of { name, texts, differs }: variables, then what else was sent. */
const inputRows = (a, b) => {
  const rows = variables.map((name, at) => rowOfTexts(name, a.values[at], b.values[at])).filter(Boolean);
  const told = new Set(rows.map(({ texts }) => JSON.stringify(texts)));
  const sent = [a, b].map((run) => new Map(run.overrides.map((override) => [override[0], override])));
  for (const place of new Set([...sent[0].keys(), ...sent[1].keys()])) {
    const [left, right] = sent.map((overrides) => overrides.get(place));
    const texts = [left, right].map((override) => (override ? override[1] : null));
    const digests = [left, right].map((override) => (override && override[2]) || null);
    // A file of the same name with other bytes is another input.
    const bytes = digests[0] !== digests[1] && texts[0] === texts[1];
    if (!bytes && told.has(JSON.stringify(texts))) continue;
    rows.push(rowOfTexts(addressOf(place), ...(bytes ? texts.map((text, at) => text + ' (' + (assetText(digests[at]) || 'no file') + ')') : texts)));
  }
  return rows;
};

/** What came of two runs. */
const resultRows = (a, b) => {
  const texts = (run) => new Map([['Name', run.name], ['Status', run.status], ['Error', run.error ? errorText(run.error) : null], ...factsOf(run)]);
  const [left, right] = [texts(a), texts(b)];
  // Results of before are read from a file that has no tags.
  if (a.past || b.past) left.delete('Tags');
  return [...left.keys()].map((name) => rowOfTexts(name, left.get(name), right.get(name))).filter(Boolean);
};

const rowOfTexts = (name, left, right) => {
  const texts = [left, right].map((text) => (text === undefined || text === '' ? null : text));
  return texts[0] === null && texts[1] === null ? null : { name, texts, differs: texts[0] !== texts[1] };
};

const wordsIn = (text) => text.match(/\s+|[\p{Script=Han}]|[^\s\p{Script=Han}]+/gu) || [];

/** The two texts, with the words between their common beginning and their common end marked. */
const markedPair = (texts) => {
  if (texts.includes(null) || texts.some((text) => text.length > 20000))
    return texts.map((text) => (text === null ? h('span', { class: 'none', text: 'not given' }) : h('mark', { text })));
  const [left, right] = texts.map(wordsIn);
  let from = 0;
  while (from < Math.min(left.length, right.length) && left[from] === right[from]) from += 1;
  let till = 0;
  while (till < Math.min(left.length, right.length) - from && left[left.length - 1 - till] === right[right.length - 1 - till]) till += 1;
  return [left, right].map((words) => h('span', {},
    words.slice(0, from).join(''),
    words.length > from + till ? h('mark', { text: words.slice(from, words.length - till).join('') }) : null,
    words.slice(words.length - till).join('')));
};

const tableOf = (rows, labels) => h('table', { class: 'versus' },
  h('thead', {}, h('tr', {}, h('td', {}), labels.map((label) => h('th', { scope: 'col', text: label })))),
  h('tbody', {}, rows.map(({ name, texts, differs }) => h('tr', { class: differs ? 'differs' : '' },
    h('th', { scope: 'row', text: name }),
    (differs ? markedPair(texts) : texts.map((text) => h('span', { text }))).map((content) => h('td', {}, h('div', { class: 'value' }, content)))))));

const differencesOf = (a, b, labels) => {
  const inputs = inputRows(a, b);
  const results = resultRows(a, b);
  const some = (rows, differs) => rows.filter((one) => one.differs === differs);
  const same = [...some(inputs, false), ...some(results, false)];
  const differing = some(inputs, true);
  return [
    section(differing.length ? plural(differing.length, 'input') + (differing.length === 1 ? ' differs' : ' differ') : 'Equal inputs',
      differing.length ? tableOf(differing, labels) : null),
    section('What came of it', tableOf(some(results, true), labels)),
    same.length ? h('details', { class: 'sent' }, h('summary', { text: 'The same in both (' + same.length + ')' }),
      h('dl', {}, same.map(({ name, texts }) => row(name, value(texts[0]))))) : null,
  ].filter(Boolean);
};
`;
