import type { PageData, PageField, PagePair, PageRun } from '../html/page-data.js';
import type { Column } from './values/columns.js';
import { columnsOf } from './values/columns.js';

/** A run of the batch, or of the batch before: `past`. */
export interface Run extends PageRun {
  readonly is: 'run';
  /** Its place among its like. */
  readonly key: number;
  readonly past: boolean;
}

/** A run of the batch before and the same one of now; either may be missing. */
export type Pair = Omit<PagePair, 'before' | 'after'> & {
  readonly is: 'pair';
  readonly key: number;
} & (
    | { readonly before: null; readonly after: Run }
    | { readonly before: Run; readonly after: null }
    | { readonly before: Run; readonly after: Run }
  );

/** What is shown as one card. */
export type Item = Run | Pair;

/** A variable of the matrix, or a field that was sent, that has several values. */
export interface Axis extends Pick<Column, 'name' | 'at' | 'of'> {
  readonly values: readonly string[];
}

/** The data of the page, with what follows from it. */
export interface Batch {
  readonly name: string;
  readonly command: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly slots: number | null;
  readonly variables: readonly string[];
  readonly fields: readonly PageField[];
  /** All that has a value in each run: the variables, then the fields that were sent. */
  readonly columns: readonly Column[];
  readonly runs: readonly Run[];
  /** null: it is not compared with a batch before. */
  readonly pairs: readonly Pair[] | null;
  readonly axes: readonly Axis[];
  /** Those of them that have few enough values to choose from in a list. */
  readonly choosableAxes: readonly Axis[];
  readonly tags: readonly string[];
  /** The place of the variable that reads most like a prompt; null: none does. */
  readonly promptAt: number | null;
}

/** Of more values none is chosen from a list: `name=value` in the search field finds them. */
const maxChoices = 60;

export const makeBatch = (data: PageData): Batch => {
  const { variables } = data;
  const runs = data.runs.map((run, key): Run => ({ ...run, is: 'run', key, past: false }));
  const columns = columnsOf(data);
  const axes = columns
    .filter(({ repeats }) => !repeats)
    .map(({ name, at, of }): Axis => ({ name, at, of, values: valuesOf(runs, of) }))
    .filter(({ values }) => values.length > 1);
  return {
    name: data.name,
    command: data.command,
    start: data.start,
    end: data.end,
    slots: data.slots,
    variables,
    fields: data.fields,
    columns,
    runs,
    pairs: pairsOf(data, runs),
    axes,
    choosableAxes: axes.filter(
      ({ values }) => values.length <= maxChoices && values.length < Math.max(3, runs.length),
    ),
    tags: [...new Set(runs.flatMap(({ tags }) => tags ?? []))].sort(),
    promptAt: promptVariable(variables, runs),
  };
};

const valuesOf = (runs: readonly Run[], of: Column['of']): readonly string[] =>
  [...new Set(runs.map(of))].filter((value) => value !== null);

const pairsOf = ({ before }: PageData, runs: readonly Run[]): readonly Pair[] | null => {
  if (before === undefined) return null;
  const earlier = before.runs.map((run, key): Run => ({ ...run, is: 'run', key, past: true }));
  return before.pairs.flatMap((pair, key): readonly Pair[] => {
    const old = pair.before === undefined ? null : (earlier[pair.before] ?? null);
    const now = pair.after === undefined ? null : (runs[pair.after] ?? null);
    const facts = { ...pair, is: 'pair', key } as const;
    if (now !== null) return [{ ...facts, before: old, after: now }];
    return old === null ? [] : [{ ...facts, before: old, after: null }];
  });
};

/** The longest text on average, of at least a few letters. */
const promptVariable = (variables: readonly string[], runs: readonly Run[]): number | null => {
  const sample = runs.slice(0, 200);
  let best: number | null = null;
  let length = 11;
  for (const at of variables.keys()) {
    const letters = sample.reduce((sum, { values }) => sum + (values[at] ?? '').length, 0);
    const mean = letters / Math.max(1, sample.length);
    if (mean > length) [best, length] = [at, mean];
  }
  return best;
};

/** The run that an item is about: itself, or the newer one of a pair. */
export const runOf = (item: Item): Run => {
  if (item.is === 'run') return item;
  return item.after === null ? item.before : item.after;
};
