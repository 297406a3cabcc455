import { error, warning } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../diagnostics/nearest.js';
import { Problems } from '../diagnostics/problems.js';
import type { MatrixSpec } from '../manifest/manifest.js';
import type { Cell } from '../values/datum.js';
import type { Place } from '../values/place.js';
import type { AxisContext } from './axis.js';
import type { Combination, Matrix, TableOrigin, Variable } from './combination.js';
import type { Dimension, Step } from './dimension.js';
import { readDimensions } from './dimensions.js';
import { Includes, matches } from './include-exclude.js';
import { sampleBelow } from './random.js';
import { isSkipped } from './skip.js';

export interface MatrixContext extends AxisContext {
  readonly maxRuns: number;
  /** By --max-runs; absent: no. */
  readonly isMaxTyped?: boolean;
}

/** Where runs must be counted by walking, no more than so many combinations are looked through. */
const maxWalked = 10_000_000;

/** Reads all axes and headers and checks sizes; the combinations come lazily. */
export const expandMatrix = async (
  spec: MatrixSpec,
  context: MatrixContext,
  problems: Problems,
): Promise<Matrix | null> => {
  const before = problems.errors;
  const dimensions = await readDimensions(spec, context, problems);
  checkNames(dimensions, problems);
  const known = new Set(dimensions.flatMap(({ variables }) => variables.map(({ name }) => name)));
  checkExcludes(spec, known, problems);
  if (problems.errors > before) return null;
  const matrix = new LazyMatrix(spec, dimensions, known, context, problems);
  await checkSize(spec, dimensions, matrix, context, problems);
  return problems.errors > before ? null : matrix;
};

class LazyMatrix implements Matrix {
  readonly variables: readonly Variable[];
  readonly tables: readonly TableOrigin[];
  readonly deciding: readonly string[];
  readonly emptyOnPurpose: string | null;
  /** Whether more than the dimensions decides which combinations there are. */
  readonly shaped: boolean;
  #left: Promise<number> | null = null;
  #warned = false;

  constructor(
    private readonly spec: MatrixSpec,
    private readonly dimensions: readonly Dimension[],
    private readonly original: ReadonlySet<string>,
    private readonly context: MatrixContext,
    private readonly problems: Problems,
  ) {
    const added = new Map<string, Variable>();
    for (const entry of spec.include)
      for (const [name, { at }] of entry.value)
        if (!original.has(name)) added.set(name, { name, at, source: 'include' });
    this.tables = dimensions.flatMap(({ tables }) => tables);
    this.shaped = spec.exclude.length + spec.include.length > 0 || original.has('_skip');
    this.emptyOnPurpose = emptyOnPurpose(spec, dimensions);
    this.deciding = spec.include.flatMap(({ value }) =>
      [...value.keys()].filter((name) => original.has(name)),
    );
    this.variables = [...dimensions.flatMap(({ variables }) => variables), ...added.values()];
  }

  async *combinations(): AsyncGenerator<Iterable<Combination>> {
    const { sample } = this.spec;
    const chosen =
      sample === null || !this.shaped
        ? null
        : new Set(sampleBelow(sample.value.seed, sample.value.count, await this.left()));
    yield* this.#walked(chosen, this.problems);
  }

  /** Combinations that exclude, include and `_skip` leave, before `sample` and `repeat`. */
  left(): Promise<number> {
    return (this.#left ??= this.#countLeft());
  }

  async #countLeft(): Promise<number> {
    let left = 0;
    // Mistakes are told by the walk that checks the cells.
    for await (const stretch of this.#walked(null, new Problems()))
      for (const combination of stretch)
        if (combination.repeat === 0 && !isSkipped(combination)) left += 1;
    return left;
  }

  async *#walked(
    chosen: ReadonlySet<number> | null,
    problems: Problems,
  ): AsyncGenerator<Iterable<Combination>> {
    const walk: Walk = {
      includes: new Includes(this.spec.include, this.original, this.context.dir),
      excluded: new Set(),
      chosen,
      next: 0,
      left: 0,
    };
    for await (const points of this.#product(problems)) yield this.#combined(points, walk);
    if (problems === this.problems && (this.spec.sample === null || this.shaped))
      this.#warnUnused(walk.excluded);
    yield this.#added(walk);
  }

  *#combined(points: Iterable<Point>, walk: Walk): Generator<Combination> {
    const { exclude, repeat } = this.spec;
    for (const { place, steps } of points) {
      const cells = cellsOf(steps);
      let removed = false;
      for (const [at, entry] of exclude.entries())
        if (matches(entry, cells)) {
          walk.excluded.add(at);
          removed = true;
        }
      walk.next = (place + 1) * repeat;
      if (removed) continue;
      const variables = walk.includes.extend(cells);
      const row = steps.find((step) => step.row !== null)?.row ?? null;
      yield* this.#repeated(walk, { index: place * repeat, variables, row, include: null });
    }
  }

  /** Include entries that extended no combination are combinations of their own. */
  *#added(walk: Walk): Generator<Combination> {
    for (const { index: include, cells } of walk.includes.added()) {
      yield* this.#repeated(walk, { index: walk.next, variables: cells, row: null, include });
      walk.next += this.spec.repeat;
    }
  }

  *#repeated(walk: Walk, first: Omit<Combination, 'repeat'>): Generator<Combination> {
    if (walk.chosen !== null) {
      if (isSkipped(first)) return;
      const place = walk.left;
      walk.left += 1;
      if (!walk.chosen.has(place)) return;
    }
    const { index, variables, row, include } = first;
    for (let repeat = 0; repeat < this.spec.repeat; repeat += 1)
      yield { index: index + repeat, variables, row, include, repeat };
  }

  /** The product in order, or the sample of it where nothing else shapes it. */
  async *#product(problems: Problems): AsyncGenerator<Iterable<Point>> {
    const [first, ...rest] = this.dimensions;
    if (first === undefined) {
      // Without any axis there is one run, unless include lists them all.
      if (this.spec.include.length === 0) yield [{ place: 0, steps: [] }];
      return;
    }
    const inner = rest.reduce((product, { count }) => product * count, 1);
    const chosen = this.#sampled();
    if (chosen !== null && first.steps.is === 'indexed') {
      const { get } = first.steps;
      yield chosen.map((place) => ({
        place,
        steps: [get(Math.floor(place / inner)), ...innerSteps(rest, place % inner)],
      }));
      return;
    }
    const wanted = chosen === null ? null : new Set(chosen);
    let outer = 0;
    for await (const steps of stepsOf(first, problems)) {
      yield pointsOf(steps, outer, rest, inner, wanted);
      outer += steps.length;
    }
  }

  #sampled(): readonly number[] | null {
    const { sample } = this.spec;
    if (sample === null || this.shaped) return null;
    const total = this.dimensions.reduce((product, { count }) => product * count, 1);
    return sampleBelow(sample.value.seed, sample.value.count, total);
  }

  #warnUnused(used: ReadonlySet<number>): void {
    if (this.#warned) return;
    this.#warned = true;
    for (const [index, entry] of this.spec.exclude.entries())
      if (!used.has(index))
        this.problems.add(
          warning('E0314', entry.at, `exclude[${index}] removes nothing`, {
            hint: 'values must equal those of the axes as written',
          }),
        );
  }
}

/** `place` counts in the full product. */
interface Point {
  readonly place: number;
  readonly steps: readonly Step[];
}

/** What one walk has seen so far. */
interface Walk {
  readonly includes: Includes;
  readonly excluded: Set<number>;
  /** By place among what is left; null: all. */
  readonly chosen: ReadonlySet<number> | null;
  /** Index of the next combination that include adds. */
  next: number;
  /** What exclude, include and `_skip` have left so far. */
  left: number;
}

const cellsOf = (steps: readonly Step[]): Map<string, Cell> => {
  const cells = new Map<string, Cell>();
  for (const step of steps) for (const [name, cell] of step.cells) cells.set(name, cell);
  return cells;
};

async function* stepsOf(
  { steps, count }: Dimension,
  problems: Problems,
): AsyncGenerator<readonly Step[]> {
  if (steps.is === 'streamed') yield* steps.walk(problems);
  else for (let index = 0; index < count; index += 1) yield [steps.get(index)];
}

/** The outer steps from `outer` on, each with every combination of the inner dimensions. */
function* pointsOf(
  steps: readonly Step[],
  outer: number,
  rest: readonly Dimension[],
  inner: number,
  wanted: ReadonlySet<number> | null,
): Generator<Point> {
  for (const [offset, step] of steps.entries())
    for (let at = 0; at < inner; at += 1) {
      const place = (outer + offset) * inner + at;
      if (wanted === null || wanted.has(place))
        yield { place, steps: [step, ...innerSteps(rest, at)] };
    }
}

/** Mixed radix: the last dimension turns fastest. */
const innerSteps = (dimensions: readonly Dimension[], place: number): Step[] => {
  const steps: Step[] = [];
  let rest = place;
  for (const { steps: source, count } of [...dimensions].reverse()) {
    if (source.is !== 'indexed') throw new Error('an inner dimension must be indexed');
    steps.unshift(source.get(rest % count));
    rest = Math.floor(rest / count);
  }
  return steps;
};

const checkNames = (dimensions: readonly Dimension[], problems: Problems): void => {
  const seen = new Map<string, Place | null>();
  for (const { variables } of dimensions)
    for (const { name, at } of variables) {
      const key = name.normalize('NFC');
      const first = seen.get(key);
      if (seen.has(key))
        problems.add(
          error('E0312', at, `"${name}" is the name of two axes or columns`, {
            related: first == null ? [] : [{ message: 'the first is here', at: first }],
          }),
        );
      seen.set(key, at);
    }
};

const checkExcludes = (spec: MatrixSpec, known: ReadonlySet<string>, problems: Problems): void => {
  for (const entry of spec.exclude)
    for (const [key, { at }] of entry.value)
      if (!known.has(key))
        problems.add(
          error('E0313', at, `exclude names "${key}", which is no axis or column`, {
            hint: didYouMean(key, known) ?? `known: ${[...known].join(', ')}`,
          }),
        );
};

/** Why a matrix without runs is none by mistake; null: it is one. */
const emptyOnPurpose = (spec: MatrixSpec, dimensions: readonly Dimension[]): string | null => {
  const allowed = new Set(spec.axes.flatMap(mayBeEmpty));
  const empty = dimensions.filter(({ count }) => count === 0);
  if (empty.length > 0)
    return empty.every(({ variables }) => variables.some(({ name }) => allowed.has(name)))
      ? `no file matches "${empty.map(({ label }) => label).join('", "')}", which allowEmpty allows`
      : null;
  return spec.exclude.length > 0 ? 'exclude leaves none' : null;
};

const mayBeEmpty = (axis: MatrixSpec['axes'][number]): string[] => {
  const named =
    axis.is === 'axis' ? [axis] : axis.is === 'zip' ? axis.groups.flatMap(({ axes }) => axes) : [];
  return named.flatMap(({ name, values }) =>
    values.is === 'glob' && values.allowEmpty ? [name.value] : [],
  );
};

const checkSize = async (
  spec: MatrixSpec,
  dimensions: readonly Dimension[],
  matrix: LazyMatrix,
  { maxRuns, isMaxTyped = false }: Pick<MatrixContext, 'maxRuns' | 'isMaxTyped'>,
  problems: Problems,
): Promise<void> => {
  const { sample, repeat } = spec;
  const product = dimensions.reduce((total, { count }) => total * BigInt(count), 1n);
  const most = (product + BigInt(spec.include.length)) * BigInt(repeat);
  if (matrix.shaped && sample === null && most <= BigInt(maxRuns)) return;
  const tooLarge =
    most > BigInt(Number.MAX_SAFE_INTEGER) ||
    (matrix.shaped && product > BigInt(Math.max(maxRuns, maxWalked)));
  const left = matrix.shaped && !tooLarge ? BigInt(await matrix.left()) : product;
  if (sample !== null && BigInt(sample.value.count) > left) {
    problems.add(
      error('E0315', sample.at, `a sample of ${sample.value.count} from ${left} combinations`),
    );
    return;
  }
  const runs = (sample === null ? left : BigInt(sample.value.count)) * BigInt(repeat);
  if (runs <= BigInt(maxRuns) && !tooLarge) return;
  const factors = [
    ...dimensions.map(({ label, count }) => `${label} ${count}`),
    ...(repeat > 1 ? [`repeat ${repeat}`] : []),
  ];
  const [first] = spec.axes;
  const at = first === undefined ? null : first.is === 'axis' ? first.name.at : first.at;
  const shaped =
    matrix.shaped && !tooLarge ? ', with include and without what is excluded or skipped,' : '';
  const counted = `${factors.join(' × ')}${shaped}`;
  const limit = isMaxTyped ? `${maxRuns} (--max-runs)` : String(maxRuns);
  problems.add(
    error('E0307', isMaxTyped ? null : at, `${counted} = ${runs} runs, more than ${limit}`, {
      hint: tooLarge
        ? 'no batch is that large: take a sample of fewer or shorter axes'
        : `${isMaxTyped ? `--max-runs ${runs}` : `limits: { maxRuns: ${runs} }`} if that many are meant; sample takes some of them`,
    }),
  );
};
