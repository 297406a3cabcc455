import type { BatchState } from '../journal/state.js';
import { durations } from './history.js';

/**
 * How long a run will take, from the runs that shared a value of its matrix: whichever axis or
 * column explains the run times best so far (a size, a number of frames, a model).
 */
export class Durations {
  readonly #axes = new Map<string, Map<string, Group>>();
  #count = 0;
  #best: string | null | undefined;

  /** A run with these values of the matrix took so long. */
  learn(values: Iterable<readonly [string, string]>, ms: number): void {
    if (!(ms > 0)) return;
    const log = Math.log(ms);
    this.#count += 1;
    this.#best = undefined;
    for (const [axis, value] of values) {
      let groups = this.#axes.get(axis);
      if (groups === undefined) this.#axes.set(axis, (groups = new Map<string, Group>()));
      const group = groups.get(value);
      if (group !== undefined) add(group, log);
      else if (groups.size < maxGroups && value.length <= maxLength)
        groups.set(value, { count: 1, sum: log, squares: log ** 2 });
    }
  }

  /** In ms; null: nothing is known of such a run. */
  expected(values: ReadonlyMap<string, string>): number | null {
    this.#best ??= this.#telling();
    if (this.#best === null) return null;
    const group = this.#axes.get(this.#best)?.get(values.get(this.#best) ?? '');
    return group === undefined ? null : Math.exp(group.sum / group.count);
  }

  /** The axis whose values leave the least unexplained, if it explains anything much. */
  #telling(): string | null {
    let best: string | null = null;
    let least = worthKnowing;
    for (const [axis, groups] of this.#axes) {
      const left = unexplained([...groups.values()]);
      if (left < least) [best, least] = [axis, left];
    }
    return best;
  }
}

interface Group {
  count: number;
  /** Of the logarithms of the run times, so that one outlier is no argument. */
  sum: number;
  squares: number;
}

/** Prompts and seeds tell nothing about the next run, and are not collected for ever. */
const maxGroups = 200;
const maxLength = 200;
/** The share of the variance that the values of an axis must take away, at least. */
const worthKnowing = 0.7;

const add = (group: Group, log: number): void => {
  group.count += 1;
  group.sum += log;
  group.squares += log ** 2;
};

/** Variance within groups over variance in all, corrected for the number of groups. */
const unexplained = (all: readonly Group[]): number => {
  const groups = all.filter(({ count }) => count > 1);
  const count = groups.reduce((total, group) => total + group.count, 0);
  if (groups.length < 2 || count <= groups.length) return 1;
  const sum = groups.reduce((total, group) => total + group.sum, 0);
  const squares = groups.reduce((total, group) => total + group.squares, 0);
  const within = groups.reduce(
    (total, group) => total + group.squares - group.sum ** 2 / group.count,
    0,
  );
  const whole = squares - sum ** 2 / count;
  return whole <= 0 ? 1 : within / (count - groups.length) / (whole / (count - 1));
};

/** What the journal has of runs that succeeded. */
export const durationsOf = (state: BatchState): Durations => {
  const known = new Durations();
  for (const { inputs, attempts } of state.runs.values())
    for (const { end, runningAt, settledAt, cost } of attempts) {
      if (end.is !== 'succeeded') continue;
      const ms = durations(runningAt, settledAt, cost?.taskTimeMs ?? null)[0];
      if (ms !== undefined) known.learn(Object.entries(inputs.values), ms);
    }
  return known;
};
