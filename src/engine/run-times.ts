/**
 * How long tasks run, as a hazard: the chance per second that a task of a given age ends now.
 *
 * Ages fall into bins of equal width in log time. Each bin counts the ends seen in it and the
 * time that tasks spent in it; their quotient is the hazard (an occurrence/exposure rate). A
 * task that is still running is exposure without an end, so "still running at 40 s" is used as
 * the information that it is (censoring). Both counts are smoothed over neighbouring bins,
 * widely while few ends were seen, so that five observations already make a shape; two clusters
 * of run time stay two. Every new end takes a little weight from the old ones, so a change of
 * speed is followed, and a few outliers are a few hundredths of the whole.
 */
export interface RunTimes {
  /** How many ends were seen, forgotten ones included. */
  readonly seen: number;
  /** A task ended after so many ms of running. */
  learn(ms: number): void;
  /** Ages in ms of the tasks that run now: what they have survived. */
  running(ages: readonly number[]): void;
  /** Ends per ms at this age. */
  hazard(ageMs: number): number;
  /** The hazard summed up to this age: of those alive at `a`, `exp(−(Λ(b) − Λ(a)))` are alive at `b`. */
  readonly risk: Growth;
  /** √hazard summed up to an age, in √ms: polls that are spread by it see ends soonest. */
  readonly polls: Growth;
  /** Mean run time in ms; a guess from the ages while few ends were seen. */
  readonly meanMs: number;
  /**
   * ∫√(f·S) over the run time's density f and survival S, in √ms. With K polls spread by `polls`,
   * an end is seen `root² / 2K` late on average, and no other way of spending K polls on one
   * task sees it sooner (Cauchy-Schwarz).
   */
  readonly root: number;
}

/** A sum that grows with age, and its inverse. */
export interface Growth {
  at(ageMs: number): number;
  /** The age at which the sum is reached. */
  ageOf(sum: number): number;
}

/** 0.25 s to more than a day, in steps of an eighth. */
const firstMs = 250;
const ratio = 1.125;
const logRatio = Math.log(ratio);
const bins = 112;

/** Weight that older ends keep when a new one comes: the last 70 or so count. */
const memory = 0.986;
/** What is believed before anything was seen: a run of this mean, with the weight of so many ends. */
const priorMeanMs = 30_000;
const priorWeight = 0.4;
/** Of any age, per ms: a task may always fail at once. */
const floor = 1e-7;

const binOf = (ms: number): number =>
  ms <= firstMs ? 0 : Math.min(bins - 1, 1 + Math.floor(Math.log(ms / firstMs) / logRatio));
const starts = Array.from({ length: bins + 1 }, (_, bin) =>
  bin === 0 ? 0 : firstMs * ratio ** (bin - 1),
);
const startOf = (bin: number): number => starts[bin] ?? Number.POSITIVE_INFINITY;
const widthOf = (bin: number): number => startOf(bin + 1) - startOf(bin);
const zeros = (): number[] => new Array<number>(bins).fill(0);

export const runTimes = (): RunTimes => new Histogram();

class Histogram implements RunTimes {
  seen = 0;
  #ends = zeros();
  #lived = zeros();
  #weight = 0;
  #sumMs = 0;
  #ages: readonly number[] = [];
  #shape: Shape | null = null;

  learn(ms: number): void {
    const fade = (value: number): number => value * memory;
    this.#ends = this.#ends.map(fade);
    this.#lived = this.#lived.map(fade);
    this.#weight = this.#weight * memory + 1;
    this.#sumMs = this.#sumMs * memory + ms;
    add(this.#ends, binOf(ms), 1);
    live(this.#lived, ms);
    this.seen += 1;
    this.#shape = null;
  }

  running(ages: readonly number[]): void {
    this.#ages = ages;
    this.#shape = null;
  }

  get meanMs(): number {
    // As of exponential lives: the time that all lived over the number that ended.
    const young = Math.max(0, 3 - this.#weight) / 3;
    const running = this.#ages.reduce((sum, age) => sum + age, 0) * young;
    return (this.#sumMs + priorMeanMs * priorWeight + running) / (this.#weight + priorWeight);
  }

  get root(): number {
    return this.#made().root;
  }

  hazard(ageMs: number): number {
    return this.#made().hazard[binOf(ageMs)] ?? floor;
  }

  get risk(): Growth {
    return this.#made().risk;
  }

  get polls(): Growth {
    return this.#made().polls;
  }

  #made(): Shape {
    return (this.#shape ??= shapeOf(this.#ends, this.#lived, this.#ages, this.#weight));
  }
}

const add = (values: number[], bin: number, value: number): void => {
  values[bin] = (values[bin] ?? 0) + value;
};

/** The time that a task of this age has spent in each bin. */
const live = (lived: number[], ms: number): void => {
  const last = binOf(ms);
  for (let bin = 0; bin < last; bin += 1) add(lived, bin, widthOf(bin));
  add(lived, last, ms - startOf(last));
};

interface Shape {
  readonly hazard: readonly number[];
  readonly risk: Growth;
  readonly polls: Growth;
  readonly root: number;
}

const shapeOf = (
  ends: readonly number[],
  lived: readonly number[],
  ages: readonly number[],
  weight: number,
): Shape => {
  const allLived = [...lived];
  for (const age of ages) live(allLived, age);
  const kernel = kernelFor(weight);
  const smoothEnds = smooth(ends, kernel);
  const smoothLived = smooth(allLived, kernel);
  const hazard = smoothEnds.map((count, bin) => {
    const middle = startOf(bin) + widthOf(bin) / 2;
    // Nothing known: the longer it ran, the longer it will, as with run times of unknown scale.
    const unknown = 0.7 / (middle + 5_000);
    const trust = priorWeight * widthOf(bin);
    return floor + (count + unknown * trust) / ((smoothLived[bin] ?? 0) + trust);
  });
  const risk = growthOf(hazard);
  const roots = hazard.map(Math.sqrt);
  // √(f·S) = S·√hazard
  const root = roots.reduce(
    (sum, value, bin) => sum + Math.exp(-risk.at(startOf(bin))) * value * widthOf(bin),
    0,
  );
  return { hazard, risk, polls: growthOf(roots), root };
};

/** The sum of a rate that is constant within each bin. */
const growthOf = (rates: readonly number[]): Growth => {
  const before: number[] = [];
  rates.reduce((sum, rate, bin) => {
    before.push(sum);
    return sum + rate * widthOf(bin);
  }, 0);
  const rateOf = (bin: number): number => rates[bin] ?? floor;
  const upTo = (bin: number): number => before[bin] ?? 0;
  return {
    at: (ageMs) => {
      const bin = binOf(ageMs);
      return upTo(bin) + rateOf(bin) * (ageMs - startOf(bin));
    },
    ageOf: (sum) => {
      let [low, high] = [0, bins - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (upTo(middle) <= sum) low = middle;
        else high = middle - 1;
      }
      return startOf(low) + (sum - upTo(low)) / rateOf(low);
    },
  };
};

/** Gaussian weights for distances 0, 1, 2 …, of sum 1 on both sides; narrower the more is known. */
const kernelFor = (weight: number): number[] => {
  const spread = Math.min(5, Math.max(1, 5 * Math.max(1, weight) ** -0.4));
  const weights = Array.from({ length: Math.ceil(3 * spread) }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * spread ** 2)),
  );
  const sum = weights.reduce((total, value, at) => total + value * (at === 0 ? 1 : 2), 0);
  return weights.map((value) => value / sum);
};

const smooth = (values: readonly number[], kernel: readonly number[]): number[] => {
  const result = zeros();
  for (const [at, value] of values.entries()) {
    if (value === 0) continue;
    for (const [distance, share] of kernel.entries()) {
      if (at + distance < bins) add(result, at + distance, value * share);
      if (distance > 0 && at >= distance) add(result, at - distance, value * share);
    }
  }
  return result;
};
