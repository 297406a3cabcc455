import { randomAt } from '../../matrix/random.js';

/** What of a run its place in the order depends on. */
export interface Spreadable {
  /** The matrix' variables as text. */
  readonly values: ReadonlyMap<string, string>;
  readonly repeat: number;
}

/**
 * An order of which every beginning is as even a sample of all runs as it can be: each next run
 * is the one whose values, and pairs of values, have come least often so far, measured against how
 * often they come in all. The seed decides between equals, so that the same runs come in the same
 * order on every machine and in every apply.
 *
 * @returns places in `runs`
 */
export const spreadOrder = (runs: readonly Spreadable[], seed: string): readonly number[] => {
  const margins = marginsOf(runs);
  const left = shuffled(runs.length, seed);
  const order: number[] = [];
  while (left.length > 0) {
    const part = (order.length + 1) / runs.length;
    let best = 0;
    let least = Infinity;
    // Of very many the first ones of a shuffled list stand for all.
    for (let at = 0; at < Math.min(left.length, mostAsked); at += 1) {
      const run = left[at] ?? 0;
      let score = 0;
      for (const { of, come, all, weight } of margins) {
        const value = of[run] ?? 0;
        score += weight * ((come[value] ?? 0) - part * (all[value] ?? 0));
      }
      if (score < least - 1e-9) [best, least] = [at, score];
    }
    const taken = left[best] ?? 0;
    for (const { of, come } of margins) count(come, of[taken] ?? 0);
    order.push(taken);
    // What stood last takes its place: the list stays shuffled.
    const last = left.pop() ?? 0;
    if (best < left.length) left[best] = last;
  }
  return order;
};

const mostAsked = 512;
/** Of more variables than these the pairs are too many to be kept even. */
const mostPaired = 6;

/** One variable, or two of them together. */
interface Margin {
  /** The place of each run's value among the values. */
  readonly of: Int32Array;
  /** How often each value came so far. */
  readonly come: Float64Array;
  /** How often it comes in all. */
  readonly all: Float64Array;
  readonly weight: number;
}

const marginsOf = (runs: readonly Spreadable[]): readonly Margin[] => {
  const names = [...new Set(runs.flatMap(({ values }) => [...values.keys()]))];
  const variables = [
    ...names.map((name) => runs.map(({ values }) => values.get(name) ?? null)),
    runs.map(({ repeat }) => String(repeat)),
  ];
  // What is the same in all runs, or another in each, tells nothing.
  const telling = variables
    .map((values) => ({ values, size: new Set(values).size }))
    .filter(({ size }) => size > 1 && size < runs.length)
    .map(({ values }) => values);
  const pairs =
    telling.length > mostPaired
      ? []
      : telling.flatMap((one, at) =>
          telling
            .slice(at + 1)
            .map((other) => one.map((value, run) => JSON.stringify([value, other[run]]))),
        );
  return [
    ...telling.map((values) => marginOf(values, 1)),
    ...pairs.map((values) => marginOf(values, pairWeight)),
  ];
};

/** A single variable that is uneven is seen sooner than two. */
const pairWeight = 0.5;

const marginOf = (values: readonly (string | null)[], weight: number): Margin => {
  const places = new Map([...new Set(values)].map((value, at) => [value, at]));
  const of = Int32Array.from(values, (value) => places.get(value) ?? 0);
  const all = new Float64Array(places.size);
  for (const value of of) count(all, value);
  return { of, come: new Float64Array(places.size), all, weight };
};

const count = (counts: Float64Array, at: number): void => {
  counts[at] = (counts[at] ?? 0) + 1;
};

/** Fisher and Yates' shuffle. */
const shuffled = (count: number, seed: string): number[] => {
  const list = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Number(randomAt(`spread:${seed}`, at, BigInt(at + 1)));
    [list[at], list[other]] = [list[other] ?? 0, list[at] ?? 0];
  }
  return list;
};
