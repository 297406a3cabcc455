/** The page's script: the data, and which runs are shown in which order. */
export const model = String.raw`
const data = JSON.parse(document.getElementById('data').textContent);
const { runs, variables, fields } = data;

const trouble = ['failed', 'unknown', 'cancelled'];
const statusOrder = ['failed', 'unknown', 'cancelled', 'pending', 'succeeded'];

/** Few enough values to choose from, and more than one. */
const maxChoices = 60;
const axes = variables
  .map((name, at) => ({ name, at, values: [...new Set(runs.map((run) => run.values[at]))].filter((v) => v !== null) }))
  .filter(({ values }) => values.length > 1 && values.length <= maxChoices && values.length < Math.max(3, runs.length));
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
const promptOf = (run) => {
  if (promptAt >= 0) return run.values[promptAt] || '';
  return run.overrides.map(([, value]) => value).reduce((a, b) => (b.length > a.length ? b : a), '');
};

const shortName = (name) => name.split('.').pop();

const restOf = (run) =>
  variables
    .map((name, at) => (at === promptAt || run.values[at] === null ? null : shortName(name) + ' ' + run.values[at]))
    .filter((part) => part !== null)
    .join(' · ');

const addressOf = ([place]) => {
  const field = fields[place];
  return field ? (field.title || field.class) + '.' + field.field : '';
};

const errorText = ({ node, message }) => (node === null ? '' : 'node ' + node + ': ') + message;

const costText = (run) =>
  [run.coins && run.coins + ' coins', run.money && '¥' + run.money].filter(Boolean).join(' · ');

const footText = (run) => [run.runMs !== undefined && duration(run.runMs), costText(run)].filter(Boolean).join(' · ');

const haystacks = new Map();
const haystack = (run) => {
  let text = haystacks.get(run.index);
  if (text === undefined) {
    const parts = [run.name, run.id, run.task, run.row, run.status, ...(run.tags || []), ...run.values,
      ...run.overrides.map(([, value]) => value), ...run.outputs.map((output) => output.name),
      run.error && [run.error.node, run.error.code, run.error.message].join(' ')];
    text = parts.filter(Boolean).join('\n').toLowerCase();
    haystacks.set(run.index, text);
  }
  return text;
};

const sorts = {
  matrix: ['Matrix order', (a, b) => a.index - b.index],
  status: ['Troubled first', (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status)],
  name: ['Name', (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })],
  slow: ['Slowest first', (a, b) => (b.runMs || 0) - (a.runMs || 0)],
  dear: ['Dearest first', (a, b) => Number(b.coins || b.money || 0) - Number(a.coins || a.money || 0)],
  late: ['Latest first', (a, b) => (b.finishedAt || 0) - (a.finishedAt || 0)],
};

/** What the person chose. Choices of one variable widen, those of several narrow. */
const view = { text: '', statuses: new Set(), choices: [], sort: 'matrix', mode: 'gallery', size: 'm', shown: runs };

const choose = () => {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = [...groupBy(view.choices, ({ at }) => at)];
  const has = (run, { at, value }) => (at === 'tag' ? (run.tags || []).includes(value) : run.values[at] === value);
  const fits = (run) =>
    (view.statuses.size === 0 || view.statuses.has(run.status)) &&
    groups.every(([, choices]) => choices.some((choice) => has(run, choice))) &&
    words.every((word) => haystack(run).includes(word));
  view.shown = runs.filter(fits);
  if (view.sort !== 'matrix') view.shown.sort(sorts[view.sort][1]);
};
`;
