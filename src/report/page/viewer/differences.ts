import { count } from '../../../values/amounts.js';
import type { Batch, Run } from '../batch.js';
import { h } from '../dom.js';
import type { Row, Texts } from '../inputs.js';
import { inputRows, rowsOf } from '../inputs.js';
import { errorText } from '../run-text.js';
import { factLine, factsOf, foldedSection, section, valueText } from './facts.js';

export type Labels = readonly [string, string];

/** Two runs field by field, with what differs marked. */
export const differencesOf = (
  batch: Batch,
  left: Run,
  right: Run,
  labels: Labels,
): readonly HTMLElement[] => {
  const inputs = inputRows(batch, left, right);
  const results = resultRows(left, right);
  const differing = inputs.filter(({ differs }) => differs);
  const equal = [...inputs, ...results].filter(({ differs }) => !differs);
  const [first, second] = [
    differing.length === 0
      ? section('Equal inputs')
      : section(
          `${count(differing.length, 'input')} ${differing.length === 1 ? 'differs' : 'differ'}`,
          tableOf(differing, labels),
        ),
    section(
      'What came of it',
      tableOf(
        results.filter(({ differs }) => differs),
        labels,
      ),
    ),
  ];
  if (equal.length === 0) return [first, second];
  const lines = equal.map(({ name, texts }) => factLine(name, valueText(texts[0] ?? '')));
  return [first, second, foldedSection(`The same in both (${equal.length})`, lines)];
};

const resultRows = (left: Run, right: Run): readonly Row[] => {
  const others = new Map(resultsOf(right));
  return resultsOf(left)
    .filter(([name]) => name !== 'Tags' || !(left.past || right.past))
    .flatMap(([name, text]) => rowsOf(name, text, others.get(name)));
};

/** Results of before are read from a file that has no tags. */
const resultsOf = (run: Run): readonly (readonly [string, string | null])[] => [
  ['Name', run.name],
  ['Status', run.status],
  ['Error', run.error === undefined ? null : errorText(run.error)],
  ...factsOf(run).map(({ name, text }) => [name, text] as const),
];

const tableOf = (rows: readonly Row[], labels: Labels): HTMLElement =>
  h(
    'table',
    { class: 'versus' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}),
        labels.map((label) => h('th', { scope: 'col', text: label })),
      ),
    ),
    h('tbody', {}, rows.map(tableRow)),
  );

const tableRow = ({ name, texts, differs }: Row): HTMLElement => {
  const contents = differs ? markedTexts(texts) : texts.map((text) => h('span', { text }));
  return h(
    'tr',
    { class: differs ? 'differs' : '' },
    h('th', { scope: 'row', text: name }),
    contents.map((content) => h('td', {}, h('div', { class: 'value' }, content))),
  );
};

/** Of longer texts the words are not compared. */
const maxLetters = 20_000;

/** The two texts, with the words between their common beginning and their common end marked. */
export const markedTexts = ([left, right]: Texts): readonly HTMLElement[] => {
  if (left === null || right === null || Math.max(left.length, right.length) > maxLetters)
    return [left, right].map((text) =>
      text === null ? h('span', { class: 'none', text: 'not given' }) : h('mark', { text }),
    );
  const [a, b] = [wordsIn(left), wordsIn(right)];
  const from = commonLength(a, b);
  const till = commonLength(a.slice(from).reverse(), b.slice(from).reverse());
  return [a, b].map((words) => {
    const end = words.length - till;
    const marked = words.slice(from, end).join('');
    return h(
      'span',
      {},
      words.slice(0, from).join(''),
      marked === '' ? null : h('mark', { text: marked }),
      words.slice(end).join(''),
    );
  });
};

/** A Chinese character is a word of its own. */
const wordsIn = (text: string): readonly string[] =>
  text.match(/\s+|[\p{Script=Han}]|[^\s\p{Script=Han}]+/gu) ?? [];

const commonLength = (a: readonly string[], b: readonly string[]): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
};
