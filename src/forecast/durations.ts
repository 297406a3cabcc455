import type { AttemptRecord, BatchState } from '../journal/state.js';

/** What a task like this takes. */
export interface Typical {
  readonly ms: number;
  /** null: the service told no price. */
  readonly coins: number | null;
}

/**
 * How long a run will take and what it will cost, from the runs that shared a value of its
 * matrix: whichever axis or column explains the run times best so far (a size, a number of
 * frames, a model).
 */
export class Durations {
  readonly #axes = new Map<string, Map<string, Group>>();
  readonly #all = newGroup();
  #best: string | null | undefined;

  /** How many tasks this rests on. */
  get count(): number {
    return this.#all.count;
  }

  /** The axis whose values tell the run times apart; null: none does. */
  get axis(): string | null {
    if (this.#best === undefined) this.#best = this.#telling();
    return this.#best;
  }

  /** A run with these values of the matrix took so long. */
  learn(values: Iterable<readonly [string, string]>, ms: number, coins: number | null): void {
    if (!(ms > 0)) return;
    this.#best = undefined;
    add(this.#all, ms, coins);
    for (const [axis, value] of values) {
      let groups = this.#axes.get(axis);
      if (groups === undefined) this.#axes.set(axis, (groups = new Map<string, Group>()));
      let group = groups.get(value);
      if (group === undefined && groups.size < maxGroups && value.length <= maxLength)
        groups.set(value, (group = newGroup()));
      if (group !== undefined) add(group, ms, coins);
    }
  }

  /** In ms; null: nothing sets such a run apart from the others. */
  expected(values: ReadonlyMap<string, string>): number | null {
    const { axis } = this;
    const group = axis === null ? undefined : this.#axes.get(axis)?.get(values.get(axis) ?? '');
    return group === undefined ? null : typicalOf(group).ms;
  }

  /** Of a run with this value of `axis`; undefined: of any run. null: no task was seen. */
  typical(value: string | undefined): Typical | null {
    if (this.#all.count === 0) return null;
    const axis = value === undefined ? null : this.axis;
    const group = axis === null ? undefined : this.#axes.get(axis)?.get(value ?? '');
    return typicalOf(group ?? this.#all);
  }

  /** Standard deviation of the logarithm of run times, beyond what `axis` explains. */
  get spread(): number {
    const { axis } = this;
    const groups = axis === null ? [this.#all] : [...(this.#axes.get(axis)?.values() ?? [])];
    const degrees = groups.reduce((sum, { count }) => sum + Math.max(0, count - 1), 0);
    const squares = groups.reduce((sum, group) => sum + deviation(group), 0);
    return degrees === 0 ? 0 : Math.sqrt(squares / degrees);
  }

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
  ms: number;
  coins: number;
  priced: number;
  readonly recent: Recent;
}

/** Means over the last `span` or so. */
interface Recent {
  log: number;
  ms: number;
  coins: number | null;
}

const newGroup = (): Group => ({
  count: 0,
  sum: 0,
  squares: 0,
  ms: 0,
  coins: 0,
  priced: 0,
  recent: { log: 0, ms: 0, coins: null },
});

const span = 20;
/** So many standard errors away from the mean of all, and the last ones are believed instead. */
const changed = 3.5;

/** Prompts and seeds tell nothing about the next run, and are not collected for ever. */
export const maxGroups = 200;
const maxLength = 200;
/** The share of the variance that the values of an axis must take away, at least. */
const worthKnowing = 0.7;

const add = (group: Group, ms: number, coins: number | null): void => {
  const log = Math.log(ms);
  group.count += 1;
  group.sum += log;
  group.squares += log ** 2;
  group.ms += ms;
  const { recent } = group;
  const share = 1 / Math.min(group.count, span);
  recent.log += (log - recent.log) * share;
  recent.ms += (ms - recent.ms) * share;
  if (coins === null) return;
  group.coins += coins;
  group.priced += 1;
  recent.coins = (recent.coins ?? coins) + (coins - (recent.coins ?? coins)) * share;
};

/**
 * The mean of all, which is the steadiest; where the last ones are too far from it for chance
 * (a faster machine, another size), theirs.
 */
const typicalOf = (group: Group): Typical => {
  const { ms, count, coins, priced, recent, sum } = group;
  const error = Math.sqrt(deviation(group) / count / span);
  if (count > span && Math.abs(recent.log - sum / count) > changed * error)
    return { ms: recent.ms, coins: recent.coins };
  return { ms: ms / count, coins: priced === 0 ? null : coins / priced };
};

/** Sum of squares around the group's own mean. */
const deviation = ({ count, sum, squares }: Group): number =>
  count === 0 ? 0 : Math.max(0, squares - sum ** 2 / count);

/** Variance within groups over variance in all, corrected for the number of groups. */
const unexplained = (all: readonly Group[]): number => {
  const groups = all.filter(({ count }) => count > 1);
  const count = groups.reduce((total, group) => total + group.count, 0);
  if (groups.length < 2 || count <= groups.length) return 1;
  const sum = groups.reduce((total, group) => total + group.sum, 0);
  const squares = groups.reduce((total, group) => total + group.squares, 0);
  const within = groups.reduce((total, group) => total + deviation(group), 0);
  const whole = squares - sum ** 2 / count;
  return whole <= 0 ? 1 : within / (count - groups.length) / (whole / (count - 1));
};

/**
 * What the journal has of runs that succeeded. `target`, `instance`: of no others, since another
 * workflow's or machine's past says nothing.
 */
export const durationsOf = (
  state: BatchState,
  target: string,
  instance: string | null,
): Durations => {
  const known = new Durations();
  if (state.target !== target) return known;
  for (const { inputs, attempts } of state.runs.values()) {
    const base = state.bases.get(inputs.base);
    if (base !== undefined && (base.instance ?? 'default') !== (instance ?? 'default')) continue;
    for (const attempt of attempts) {
      const ms = attempt.end.is === 'succeeded' ? ranMs(attempt) : null;
      if (ms !== null) known.learn(Object.entries(inputs.values), ms, coinsOf(attempt));
    }
  }
  return known;
};

/**
 * How long a task ran: by the service's own count, since what was watched begins late and ends
 * late. Watched, which is finer than its whole seconds, where the two agree or it tells none (or
 * 0, as of a cached run).
 */
export const ranMs = (attempt: AttemptRecord): number | null => {
  const told = attempt.cost?.taskTimeMs ?? 0;
  const watched = watchedMs(attempt);
  const agree = watched > 0 && Math.abs(told - watched) < 1_000;
  const ms = told > 0 && !agree ? told : watched;
  return ms > 0 ? ms : null;
};

/** From when it was first seen to run until it was seen to have ended. */
export const watchedMs = ({ runningAt, settledAt }: AttemptRecord): number =>
  runningAt === null || settledAt === null ? 0 : settledAt - runningAt;

export const coinsOf = ({ cost }: AttemptRecord): number | null => {
  const coins = cost?.coins == null ? Number.NaN : Number(cost.coins);
  return Number.isFinite(coins) ? coins : null;
};
