import type { RunStatus, Verdict } from '../terms.js';
import { statuses, verdicts } from '../terms.js';
import type { Batch, Item, Pair, Run } from './batch.js';
import type { Captions } from './captions/captions.js';
import { captionsOf } from './captions/captions.js';
import { groupBy } from './format.js';
import type { MarkChoice } from './picking/mark-choice.js';
import { newMarkChoice } from './picking/mark-choice.js';
import type { Question } from './search/search.js';
import type { Column } from './values/columns.js';
import { byDifference } from './values/difference.js';
import { compareValues } from './values/order.js';

export type Mode = 'changes' | 'gallery' | 'list' | 'grid' | 'timeline';
export type Size = 's' | 'm' | 'l';

/** One value of a variable, or one tag. */
export interface Choice {
  /** The variable, or `tag`. */
  readonly group: string;
  /** The column's place. */
  readonly at: number | 'tag';
  readonly value: string;
}

/** What the person chose, and what is shown for it. */
export interface View {
  mode: Mode;
  size: Size;
  text: string;
  readonly statuses: Set<RunStatus>;
  readonly verdicts: Set<Verdict>;
  readonly marks: MarkChoice;
  /** Only runs that the apply of this report selected. */
  thisApply: boolean;
  /** Choices of one variable widen, those of several narrow. */
  choices: readonly Choice[];
  /** The name of a sort, or `up:` or `down:` and the name of a column. */
  sort: string;
  pairSort: string;
  /** The picked pictures are compared. */
  comparing: boolean;
  /** Chosen to be compared with another one. */
  pinned: Run | null;
  /** Names of the columns whose values are told; null: those that differ. */
  captions: readonly string[] | null;
  /** Names of the grid's variables; null: those that span the batch best. */
  axes: { readonly down: readonly string[]; readonly across: readonly string[] } | null;
  runs: readonly Run[];
  pairs: readonly Pair[];
  /** What the captions say of them. */
  told: Captions;
}

/** What a report is opened with. */
export const firstMode = ({ pairs }: Batch): Mode => (pairs === null ? 'gallery' : 'changes');

export const newView = (batch: Batch): View => ({
  mode: firstMode(batch),
  size: 'm',
  text: '',
  statuses: new Set(),
  verdicts: new Set(),
  marks: newMarkChoice(),
  thisApply: false,
  choices: [],
  sort: 'matrix',
  pairSort: 'verdict',
  comparing: false,
  pinned: null,
  captions: null,
  axes: null,
  runs: batch.runs,
  pairs: batch.pairs ?? [],
  told: captionsOf(batch, batch.runs, null),
});

export const shownItems = ({ mode, runs, pairs }: View): readonly Item[] =>
  mode === 'changes' ? pairs : runs;

export interface Sort<T> {
  readonly name: string;
  readonly label: string;
  readonly order: (a: T, b: T) => number;
}

interface Cost {
  readonly coins: string | undefined;
  readonly money: string | undefined;
}
const costOf = ({ coins, money }: Cost): number => Number(coins ?? money ?? 0);
const byTime = (a: Run | Pair, b: Run | Pair): number => (b.runMs ?? 0) - (a.runMs ?? 0);
const byCost = (a: Cost, b: Cost): number => costOf(b) - costOf(a);

export const runSorts: readonly Sort<Run>[] = [
  { name: 'matrix', label: 'Matrix order', order: (a, b) => a.index - b.index },
  {
    name: 'status',
    label: 'Troubled first',
    order: (a, b) => statuses.indexOf(a.status) - statuses.indexOf(b.status),
  },
  {
    name: 'name',
    label: 'Name',
    order: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  },
  { name: 'slow', label: 'Slowest first', order: byTime },
  { name: 'dear', label: 'Dearest first', order: byCost },
  {
    name: 'late',
    label: 'Latest first',
    order: (a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0),
  },
];

export const pairSorts: readonly Sort<Pair>[] = [
  {
    name: 'verdict',
    label: 'What matters first',
    order: (a, b) =>
      verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || byDifference(a, b),
  },
  { name: 'looks', label: 'Most different first', order: byDifference },
  { name: 'slower', label: 'Slower than before first', order: byTime },
  { name: 'dearer', label: 'Dearer than before first', order: byCost },
];

const sorted = <T>(items: readonly T[], sorts: readonly Sort<T>[], name: string): readonly T[] => {
  const order = sorts.find((sort) => sort.name === name)?.order;
  return order === undefined ? items : [...items].sort(order);
};

const sortedRuns = (
  runs: readonly Run[],
  columns: readonly Column[],
  sort: string,
): readonly Run[] => {
  const [, direction, name] = /^(up|down):(.*)$/s.exec(sort) ?? [];
  const column = columns.find((one) => one.name === name);
  return column === undefined
    ? sorted(runs, runSorts, sort)
    : sortedByValue(runs, column, direction === 'down');
};

/** What has no value comes last in both directions; equal ones stay in matrix order. */
const sortedByValue = (
  runs: readonly Run[],
  { of }: Column,
  descending: boolean,
): readonly Run[] => {
  const valued = runs.map((run) => ({ run, value: of(run) }));
  const order = descending ? -1 : 1;
  valued.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null);
    return order * compareValues(a.value, b.value);
  });
  return valued.map(({ run }) => run);
};

/** Sets which runs, or which pairs, are shown, and in which order. */
export const choose = (view: View, batch: Batch, questions: readonly Question[]): void => {
  const groups = [...groupBy(view.choices, ({ at }) => at).values()];
  const fits = (run: Run | null): boolean =>
    run !== null &&
    groups.every((choices) => choices.some((choice) => has(batch, run, choice))) &&
    questions.every((question) => question(run));
  if (view.mode === 'changes') {
    const { verdicts: wanted } = view;
    const shown = (batch.pairs ?? []).filter(
      ({ verdict, before, after }) =>
        (wanted.size === 0 || wanted.has(verdict)) && (fits(after) || fits(before)),
    );
    view.pairs = sorted(shown, pairSorts, view.pairSort);
  } else {
    const { statuses: wanted } = view;
    const shown = batch.runs.filter(
      (run) =>
        (wanted.size === 0 || wanted.has(run.status)) &&
        (!view.thisApply || run.notSelected !== true) &&
        fits(run),
    );
    // Runs are in matrix order already.
    view.runs = view.sort === 'matrix' ? shown : sortedRuns(shown, batch.columns, view.sort);
  }
  view.told = captionsOf(batch, shownItems(view), view.captions);
};

const has = ({ columns }: Batch, run: Run, { at, value }: Choice): boolean =>
  at === 'tag' ? (run.tags?.includes(value) ?? false) : columns[at]?.of(run) === value;
