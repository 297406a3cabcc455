import type { Axis, Batch, Run } from '../batch.js';

/** The variables of a grid: up to two go down, up to two across. */
export interface Axes {
  readonly down: readonly Axis[];
  readonly across: readonly Axis[];
}

/** Wider tables could not be read; the table says what it leaves out. */
export const maxColumns = 60;
/** Of more variables the first ones are tried. */
const maxTried = 12;
/** A further variable must make the table so much better. */
const worthIt = 1.02;
const maxEach = 2;

/**
 * The variables that span the batch best: few cells are empty, and few runs share one. A variable
 * whose values never repeat spans nothing.
 */
export const bestAxes = ({ axes, runs, promptAt }: Batch): Axes | null => {
  const repeating = axes.filter(({ values }) => values.length < runs.length);
  const tried = (repeating.length > 0 ? repeating : axes).slice(0, maxTried);
  const numbers = new Map(tried.map((axis) => [axis, numbersOf(axis, runs)]));
  let best: Axes | null = null;
  let bestScore = 0;
  for (;;) {
    const found = betterOf(extended(best, tried), numbers);
    if (found === null || (best !== null && found.score < bestScore * worthIt)) break;
    [best, bestScore] = [found.axes, found.score];
  }
  return best === null ? null : inGoodOrder(best, promptAt);
};

/** Every way to add one more variable; at first one of them goes down. */
const extended = (axes: Axes | null, tried: readonly Axis[]): readonly Axes[] => {
  if (axes === null) return pairsOf(tried);
  const { down, across } = axes;
  const free = tried.filter((axis) => !down.includes(axis) && !across.includes(axis));
  return free.flatMap((axis) => [
    ...(down.length < maxEach ? [{ down: [...down, axis], across }] : []),
    ...(across.length < maxEach ? [{ down, across: [...across, axis] }] : []),
  ]);
};

/** Two of them, the longer one down; where there is one only, that one. */
const pairsOf = (axes: readonly Axis[]): readonly Axes[] => {
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) return [{ down: [only], across: [] }];
  return axes.flatMap((a, at) =>
    axes.slice(at + 1).map((b) => {
      const [down, across] = a.values.length >= b.values.length ? [a, b] : [b, a];
      return { down: [down], across: [across] };
    }),
  );
};

const betterOf = (
  candidates: readonly Axes[],
  numbers: ReadonlyMap<Axis, Int32Array>,
): { readonly axes: Axes; readonly score: number } | null => {
  let found: { readonly axes: Axes; readonly score: number } | null = null;
  for (const axes of candidates) {
    const score = scoreOf(axes, numbers);
    if (score > 0 && (found === null || score > found.score)) found = { axes, score };
  }
  return found;
};

/** How many of the cells have a run, times how near each run is to a cell of its own. */
const scoreOf = ({ down, across }: Axes, numbers: ReadonlyMap<Axis, Int32Array>): number => {
  const [rows, columns] = [combined(down, numbers), combined(across, numbers)];
  if (columns.count > maxColumns) return 0;
  const total = rows.places.length;
  const filled = new Set<number>();
  for (let at = 0; at < total; at += 1)
    filled.add((rows.places[at] ?? 0) * columns.count + (columns.places[at] ?? 0));
  return (filled.size / (rows.count * columns.count)) * Math.sqrt(filled.size / total);
};

/** The number of each run's combination of these variables, and how many combinations there are. */
const combined = (
  axes: readonly Axis[],
  numbers: ReadonlyMap<Axis, Int32Array>,
): { readonly places: Int32Array; readonly count: number } => {
  const [first, second] = axes.map((axis) => numbers.get(axis) ?? new Int32Array());
  const total = first?.length ?? numbers.values().next().value?.length ?? 0;
  const places = new Int32Array(total);
  const known = new Map<number, number>();
  for (let at = 0; at < total; at += 1) {
    const key = (first?.[at] ?? 0) * 1_000_003 + (second?.[at] ?? 0);
    const place = known.get(key) ?? known.size;
    known.set(key, place);
    places[at] = place;
  }
  return { places, count: Math.max(1, known.size) };
};

const numbersOf = ({ of, values }: Axis, runs: readonly Run[]): Int32Array => {
  const places = new Map(values.map((value, at) => [value, at + 1]));
  return Int32Array.from(runs, (run) => places.get(of(run) ?? '') ?? 0);
};

/** Long texts are read better at the side than above. */
const inGoodOrder = (axes: Axes, promptAt: number | null): Axes => {
  const { down, across } = axes;
  const isAbove = across.some(({ at }) => at === promptAt);
  const rows = down.reduce((product, { values }) => product * values.length, 1);
  return isAbove && rows <= maxColumns ? { down: across, across: down } : axes;
};

/** The axes that were chosen by name; where nothing was, the best ones. */
export const chosenAxes = (
  batch: Batch,
  chosen: { readonly down: readonly string[]; readonly across: readonly string[] } | null,
): Axes | null => {
  if (chosen === null) return bestAxes(batch);
  const named = (names: readonly string[]): readonly Axis[] =>
    names.flatMap((name) => batch.axes.filter((axis) => axis.name === name)).slice(0, maxEach);
  const down = [...new Set(named(chosen.down))];
  const across = [...new Set(named(chosen.across))].filter((axis) => !down.includes(axis));
  return down.length === 0 ? bestAxes(batch) : { down, across };
};
