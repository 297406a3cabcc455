import type { Cost } from '../../journal/event.js';
import type { Instant } from '../../journal/state.js';
import { addDecimals, formatDecimal, parseDecimal } from '../../values/decimal.js';
import { addCosts, noCost } from '../cost.js';
import type { ReportRun } from '../model.js';
import type { Verdict } from '../terms.js';

/** A batch of before, as its results.jsonl and summary.json tell it. */
export interface EarlierBatch {
  /** Its folder, as people see it. */
  readonly shown: string;
  /** null: it has no summary.json. */
  readonly name: string | null;
  readonly target: string | null;
  readonly startedAt: Instant | null;
  /** Paths of outputs are relative to the report that shows them. */
  readonly runs: readonly ReportRun[];
}

export type Pair =
  | { readonly verdict: 'added'; readonly before: null; readonly after: ReportRun }
  | { readonly verdict: 'removed'; readonly before: ReportRun; readonly after: null }
  | {
      readonly verdict: 'worse' | 'better' | 'changed' | 'same';
      readonly matchedBy: 'id' | 'name';
      readonly before: ReportRun;
      readonly after: ReportRun;
    };

export interface Comparison {
  readonly earlier: EarlierBatch;
  /** Each run of either batch once: those of now in their order, then those that are gone. */
  readonly pairs: readonly Pair[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Of all runs, whenever they were paid. */
  readonly cost: { readonly before: Cost; readonly after: Cost };
  /** Sum of the run times of all runs, in ms; null: none is known. */
  readonly runMs: { readonly before: number | null; readonly after: number | null };
}

export const compareBatches = (earlier: EarlierBatch, runs: readonly ReportRun[]): Comparison => {
  const pairs = pairRuns(earlier.runs, runs);
  const counts = { worse: 0, changed: 0, added: 0, removed: 0, better: 0, same: 0 };
  for (const { verdict } of pairs) counts[verdict] += 1;
  return {
    earlier,
    pairs,
    counts,
    cost: { before: costOf(earlier.runs), after: costOf(runs) },
    runMs: { before: runMsOf(earlier.runs), after: runMsOf(runs) },
  };
};

/**
 * Which run of before is which of now: equal id first, since equal inputs are the same run whatever
 * it is called (of twins, the one with the equal name); among what is left, equal name, since a
 * person who edits a prompt means the same picture. What is still left was added or removed.
 */
export const pairRuns = (
  before: readonly ReportRun[],
  after: readonly ReportRun[],
): readonly Pair[] => {
  const matches = new Map<ReportRun, { readonly run: ReportRun; readonly by: 'id' | 'name' }>();
  const left = new Set(before);
  const match = (by: 'id' | 'name', keyOf: (run: ReportRun) => string): void => {
    const waiting = queuesBy([...left], keyOf);
    for (const run of after) {
      const found = matches.has(run) ? undefined : waiting.get(keyOf(run))?.shift();
      if (found === undefined) continue;
      matches.set(run, { run: found, by });
      left.delete(found);
    }
  };
  match('id', ({ id, name }) => `${id} ${name}`);
  match('id', ({ id }) => id);
  match('name', ({ name }) => name);
  return [
    ...after.map((run) => pairOf(run, matches.get(run))),
    ...[...left].map((run) => ({ verdict: 'removed', before: run, after: null }) as const),
  ];
};

const pairOf = (
  after: ReportRun,
  match: { readonly run: ReportRun; readonly by: 'id' | 'name' } | undefined,
): Pair => {
  if (match === undefined) return { verdict: 'added', before: null, after };
  const { run: before, by: matchedBy } = match;
  return { verdict: verdictOf(before, after), matchedBy, before, after };
};

const verdictOf = (
  before: ReportRun,
  after: ReportRun,
): 'worse' | 'better' | 'changed' | 'same' => {
  const [then, now] = [before.status === 'succeeded', after.status === 'succeeded'];
  if (then !== now) return then ? 'worse' : 'better';
  return resultOf(before) === resultOf(after) ? 'same' : 'changed';
};

/** What came out, as one text: the bytes of the outputs, and why there are none. */
const resultOf = ({ status, outputs, error }: ReportRun): string =>
  JSON.stringify([
    status,
    outputs.map(({ sha256 }) => sha256),
    error === null ? null : [error.code, error.message, error.node, error.field],
  ]);

const queuesBy = (
  runs: readonly ReportRun[],
  keyOf: (run: ReportRun) => string,
): Map<string, ReportRun[]> => {
  const queues = new Map<string, ReportRun[]>();
  for (const run of runs) {
    const key = keyOf(run);
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [run]);
    else queue.push(run);
  }
  return queues;
};

const costOf = (runs: readonly ReportRun[]): Cost =>
  runs.reduce((sum, { cost }) => addCosts(sum, cost), noCost);

const runMsOf = (runs: readonly ReportRun[]): number | null =>
  runs.reduce<number | null>((sum, { runMs }) => (runMs === null ? sum : (sum ?? 0) + runMs), null);

/** after − before, digit for digit; null where one of them is not known. */
export const amountMore = (before: string | null, after: string | null): string | null => {
  const [a, b] = [before, after].map((text) => (text === null ? null : parseDecimal(text)));
  if (a === null || a === undefined || b === null || b === undefined) return null;
  return formatDecimal(addDecimals(b, { units: -a.units, scale: a.scale }));
};

/** after − before; null where one of them is not known. */
export const msMore = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before;
