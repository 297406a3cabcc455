/** The page's script: the data, and which runs are shown in which order. */
export const model = String.raw`
const data = JSON.parse(document.getElementById('data').textContent);
const { runs, variables, fields } = data;
const earlier = data.before ? data.before.runs : [];
const pairs = data.before
  ? data.before.pairs.map((pair) => ({ ...pair, before: earlier[pair.before], after: runs[pair.after] }))
  : [];
// Every thing that can be shown has a key among its like.
for (const list of [runs, earlier, pairs]) list.forEach((item, at) => { item.key = at; });
for (const run of earlier) run.past = true;

const trouble = ['failed', 'unknown', 'cancelled'];
const statusOrder = ['failed', 'unknown', 'cancelled', 'pending', 'succeeded'];
const verdictWords = { worse: 'no longer succeeded', changed: 'changed', added: 'added', removed: 'removed',
  better: 'newly succeeded', same: 'the same' };
const verdictOrder = Object.keys(verdictWords);

/** The run that an item of the page is about: itself, or the newer one of a pair. */
const runOf = (item) => item.after || item.before || item;
/** The run that stands beside it. */
const otherOf = (item) => (item.after && item.before) || null;

const valuesOf = (at) => [...new Set(runs.map((run) => run.values[at]))].filter((value) => value !== null);
const allAxes = variables.map((name, at) => ({ name, at, values: valuesOf(at) })).filter(({ values }) => values.length > 1);
/** Few enough values to choose from. Others are found by name=value in the search field. */
const maxChoices = 60;
const axes = allAxes.filter(({ values }) => values.length <= maxChoices && values.length < Math.max(3, runs.length));
const tags = [...new Set(runs.flatMap((run) => run.tags || []))].sort();

/** The variable that reads most like a prompt: the longest text on average. */
const promptAt = (() => {
  const sample = runs.slice(0, 200);
  let [best, length] = [-1, 11];
  variables.forEach((_, at) => {
    const mean = sample.reduce((sum, run) => sum + (run.values[at] || '').length, 0) / Math.max(1, sample.length);
    if (mean > length) [best, length] = [at, mean];
  });
  return best;
})();

/** Without matrix variables, what is sent stands in for the prompt. */
const promptOf = (run) => clip(promptAt >= 0
  ? run.values[promptAt] || ''
  : run.overrides.map(([, value]) => value).reduce((a, b) => (b.length > a.length ? b : a), ''));

const shortName = (name) => name.split('.').pop();

const restOf = (run) => clip(variables
  .map((name, at) => (at === promptAt || run.values[at] === null ? null : shortName(name) + ' ' + run.values[at]))
  .filter((part) => part !== null)
  .join(' · '));

const addressOf = (place) => {
  const field = fields[place];
  return field ? (field.title || field.class) + '.' + field.field : '';
};

const errorText = ({ node, message }) => (node === null ? '' : 'node ' + node + ': ') + message;

const costText = (run) =>
  [run.coins && run.coins + ' coins', run.money && run.money + ' in money'].filter(Boolean).join(' · ');

const footText = (run) => [run.runMs !== undefined && duration(run.runMs), costText(run)].filter(Boolean).join(' · ');

const haystacks = new Map();
const haystack = (run) => {
  let text = haystacks.get(run);
  if (text === undefined) {
    const parts = [run.name, run.id, run.task, run.row, run.status, ...(run.tags || []), ...run.values,
      ...run.overrides.map(([, value]) => value), ...run.outputs.map((output) => output.name),
      run.error && [run.error.node, run.error.code, run.error.message].join(' ')];
    text = parts.filter(Boolean).join('\n').toLowerCase();
    haystacks.set(run, text);
  }
  return text;
};

/** Words, 'words in quotes', and name=value as --where has it. */
const questionsOf = (text) => (text.match(/(?:[^\s"=]+=)?"[^"]*"?|\S+/g) || []).map((word) => {
  const [, name, value] = /^([^="]+)=(.+)$/.exec(word) || [];
  const plain = (part) => part.replaceAll('"', '').toLowerCase();
  const at = variables.findIndex((variable) => [variable, shortName(variable)].some((known) => known.toLowerCase() === plain(name || '')));
  return at < 0
    ? (run) => haystack(run).includes(plain(word))
    : (run) => (run.values[at] || '').toLowerCase() === plain(value);
});

const byIndex = (a, b) => a.index - b.index;
const sorts = {
  matrix: ['Matrix order', byIndex],
  status: ['Troubled first', (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status)],
  name: ['Name', (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })],
  slow: ['Slowest first', (a, b) => (b.runMs || 0) - (a.runMs || 0)],
  dear: ['Dearest first', (a, b) => Number(b.coins || b.money || 0) - Number(a.coins || a.money || 0)],
  late: ['Latest first', (a, b) => (b.finishedAt || 0) - (a.finishedAt || 0)],
};
const pairSorts = {
  verdict: ['What matters first', (a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict)],
  slower: ['Slower than before first', (a, b) => (b.runMs || 0) - (a.runMs || 0)],
  dearer: ['Dearer than before first', (a, b) => Number(b.coins || b.money || 0) - Number(a.coins || a.money || 0)],
};

/** What the person chose. Choices of one variable widen, those of several narrow. shown: runs, or pairs where changes are shown. */
const view = { text: '', statuses: new Set(), verdicts: new Set(), choices: [], sort: 'matrix', pairSort: 'verdict',
  mode: 'gallery', size: 'm', shown: runs, pinned: null };

const choose = () => {
  const questions = questionsOf(view.text);
  const groups = [...groupBy(view.choices, ({ at }) => at)];
  const has = (run, { at, value }) => (at === 'tag' ? (run.tags || []).includes(value) : run.values[at] === value);
  const fits = (run) =>
    groups.every(([, choices]) => choices.some((choice) => has(run, choice))) && questions.every((asks) => asks(run));
  if (view.mode === 'changes')
    view.shown = pairs
      .filter((pair) => (view.verdicts.size === 0 || view.verdicts.has(pair.verdict)) && [pair.after, pair.before].some((run) => run && fits(run)))
      .sort(pairSorts[view.pairSort][1]);
  else {
    view.shown = runs.filter((run) => (view.statuses.size === 0 || view.statuses.has(run.status)) && fits(run));
    if (view.sort !== 'matrix') view.shown.sort(sorts[view.sort][1]);
  }
};
`;
