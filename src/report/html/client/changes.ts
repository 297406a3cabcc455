/** The page's script: a run of the batch before and the same one of now, side by side. */
export const changes = String.raw`
const sideOf = (run, label, otherwise) =>
  h('span', { class: 'side-of' }, run ? stageOf(run) : h('span', { class: 'sign' }, h('span', { class: 'note', text: otherwise })),
    h('span', { class: 'when', text: label }));

const moreTexts = (pair) => [
  pair.coins !== undefined && signed(pair.coins, (text) => text + ' coins'),
  pair.money !== undefined && signed(pair.money, (text) => text + ' in money'),
  pair.runMs !== undefined && Math.abs(pair.runMs) >= 1000 && signed(pair.runMs, (text) => duration(Number(text))),
].filter(Boolean);

/** Which inputs are others, in words. */
const changedInputs = ({ before, after }) => {
  const names = inputRows(before, after).filter(({ differs }) => differs).map(({ name }) => name);
  return names.length === 0 ? 'equal inputs' : names.slice(0, 4).map(shortName).join(', ') + (names.length > 4 ? ' and ' + (names.length - 4) + ' more' : '') + (names.length === 1 ? ' differs' : ' differ');
};

const storyOf = (pair) => {
  if (pair.verdict === 'added') return 'not in the batch before';
  if (pair.verdict === 'removed') return 'no longer in this batch';
  const now = pair.after;
  return pair.verdict === 'worse' ? (now.error ? clip(errorText(now.error)) : now.status) : changedInputs(pair);
};

const pairOf = (pair, at, total) => {
  const run = runOf(pair);
  return h('div', { class: 'card both v-' + pair.verdict, ...itemProps(pair, at, total) },
    openButton(pair, sideOf(pair.before, 'before', 'not there'), sideOf(pair.after, 'now', 'gone')),
    h('div', { class: 'caption' },
      h('h3', { text: run.name, title: run.name }),
      h('p', { class: 'prompt', text: storyOf(pair) }),
      h('p', { class: 'rest', text: restOf(run) }),
      h('p', { class: 'foot' }, h('span', { class: 'verdict', text: verdictWords[pair.verdict] }), h('span', { text: moreTexts(pair).join(' · ') }))));
};
`;
