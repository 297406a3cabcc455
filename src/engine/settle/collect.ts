import type { FetchedFile, RemoteOutput, RunError, SavedFile } from '../../journal/event.js';
import type { RunOptions } from '../../manifest/manifest.js';
import { unmet } from '../../plan/expect.js';
import { baseName, outputFacts } from '../../plan/names/output-facts.js';
import type { Plan, PlannedRun } from '../../plan/plan.js';
import type { TaskId } from '../../values/ids.js';
import { backoffMs } from '../../edges/backoff.js';
import type { EngineEdges } from '../edges.js';
import { localError } from '../errors.js';
import type { Fetched } from './fetch-output.js';
import { fetchOutput } from './fetch-output.js';

export type Collected =
  /** All outputs are on the disk. `error` is what `run.expect` found wanting. */
  | { readonly is: 'saved'; readonly files: readonly SavedFile[]; readonly error: RunError | null }
  | Left;

/** Some outputs could not be fetched. A later apply tries again, since the task is paid for. */
export interface Left {
  readonly is: 'left';
  readonly outputs: readonly RemoteOutput[];
  readonly files: readonly FetchedFile[];
  readonly error: RunError;
  /** The local disk refuses writes. */
  readonly disk: boolean;
  /** The service says that all missing outputs are gone. It may be wrong while links are valid. */
  readonly dead: boolean;
}

export interface CollectOptions {
  readonly expect: RunOptions['expect'];
  /** Ids of the nodes whose outputs are kept; null: all. */
  readonly nodes: ReadonlySet<string> | null;
  readonly signal: AbortSignal;
  /** Outputs that an earlier apply saved, by their index. */
  readonly saved: readonly FetchedFile[];
  /** The links are old, or not known: new ones are asked for first. */
  readonly stale: boolean;
  /** Bounds concurrent requests over all runs. Pauses are outside of it. */
  readonly limited: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called before the first pause, so that a kill loses no record of saved files. */
  readonly onDelay: (left: Left) => Promise<void>;
}

type Edges = Pick<EngineEdges, 'service' | 'files' | 'clock' | 'random'>;

/** How often missing outputs are tried again, with new links and growing pauses. */
const rounds = 5;
const pause = { firstMs: 2_000, maxMs: 30_000 };
/** Tries at one output. There are more at first, because most failures pass quickly. */
const triesAtFirst = 6;
const triesLater = 2;

/**
 * Fetches a succeeded task's outputs to their final names and checks them by `run.expect`. An
 * output that cannot be fetched does not stop the others.
 */
export const collect = (
  plan: Plan,
  run: PlannedRun,
  taskId: TaskId,
  outputs: readonly RemoteOutput[],
  edges: Edges,
  options: CollectOptions,
): Promise<Collected> => new Collection(plan, run, taskId, outputs, edges, options).all();

class Collection {
  #links: readonly RemoteOutput[];
  readonly #saved: Map<number, SavedFile>;
  /** The list of outputs is known. */
  #listKnown: boolean;
  /** The service does not know the task, or says that it has no outputs. */
  #gone = false;
  /** Another try cannot fetch anything that is missing. */
  #final = false;

  constructor(
    private readonly plan: Plan,
    private readonly run: PlannedRun,
    private readonly taskId: TaskId,
    outputs: readonly RemoteOutput[],
    private readonly edges: Edges,
    private readonly options: CollectOptions,
  ) {
    this.#links = options.stale ? outputs : this.#kept(outputs);
    this.#listKnown = !options.stale || outputs.length > 0;
    this.#saved = new Map(options.saved.map(({ index, file }) => [index, file]));
  }

  async all(): Promise<Collected> {
    const { signal } = this.options;
    if (this.options.stale) await this.#refresh();
    for (let round = 1; ; round += 1) {
      const left = await this.#pass(round === 1 ? triesAtFirst : triesLater);
      if (left === null) return this.#whole();
      if (left.disk || this.#final || signal.aborted || round > rounds) return left;
      if (round === 1) await this.options.onDelay(left);
      await this.edges.clock.sleep(backoffMs(pause, round, this.edges.random), signal);
      await this.#refresh();
    }
  }

  /** Tries every output that is missing. @returns what is still missing; null: nothing. */
  async #pass(tries: number): Promise<Left | null> {
    const { limited, signal } = this.options;
    const missing: Exclude<Fetched, { is: 'saved' }>[] = [];
    for (const [index, output] of this.#links.entries()) {
      if (this.#saved.has(index)) continue;
      const path = this.plan.outputPath(this.run, outputFacts(output, index));
      const fetched = await limited(() => fetchOutput(path, output, this.edges, tries, signal));
      if (fetched.is === 'saved') this.#saved.set(index, fetched.file);
      else missing.push(fetched);
      if (fetched.is === 'disk' || signal.aborted) break;
    }
    this.#final = missing.length > 0 && missing.every(({ is }) => is === 'exists');
    const first = missing.find(({ is }) => is === 'disk') ?? missing[0];
    if (first !== undefined) return this.#left(first.error, missing);
    if (this.#listKnown) return null;
    return this.#left(localError('no-links', 'The service did not tell the output links'), []);
  }

  #left(error: RunError, missing: readonly Fetched[]): Left {
    const saved = this.#saved.size;
    const all = this.#links.length;
    const rest = saved > 0 ? `; ${saved} of ${all} outputs are here` : '';
    return {
      is: 'left',
      outputs: this.#links,
      files: [...this.#saved].map(([index, file]) => ({ index, file })),
      error: { ...error, message: `${error.message}${rest}` },
      disk: missing.some(({ is }) => is === 'disk'),
      dead: this.#gone || (missing.length > 0 && missing.every(({ is }) => is === 'dead')),
    };
  }

  #whole(): Collected {
    const files = this.#links.flatMap((_, index) => this.#saved.get(index) ?? []);
    const wrong = unmet(files, this.options.expect);
    return { is: 'saved', files, error: wrong && localError(wrong.code, wrong.message) };
  }

  /** Asks for the links again. An answer without links leaves the known ones. */
  async #refresh(): Promise<void> {
    const { limited, signal } = this.options;
    const answer = await limited(() => this.edges.service.outputs(this.taskId, signal));
    if (answer.is === 'unread') return;
    this.#gone = answer.is !== 'succeeded' || answer.outputs.length === 0;
    if (answer.is !== 'succeeded') return;
    const fresh = this.#kept(answer.outputs);
    if (fresh.length === 0) return;
    this.#links = this.#listKnown ? renewed(this.#links, fresh) : fresh;
    this.#listKnown = true;
  }

  #kept(outputs: readonly RemoteOutput[]): readonly RemoteOutput[] {
    const { nodes } = this.options;
    return nodes === null
      ? outputs
      : outputs.filter(({ node }) => node === null || nodes.has(node));
  }
}

/**
 * Every known output with its new link, at its old index, because file names contain the index.
 * Outputs are matched by file name and node, else by index where both lists are equally long.
 */
const renewed = (
  known: readonly RemoteOutput[],
  fresh: readonly RemoteOutput[],
): readonly RemoteOutput[] => {
  const left = new Map(fresh.map((output, index) => [index, output]));
  const take = (output: RemoteOutput, place: number): RemoteOutput => {
    const same = (other: RemoteOutput): boolean =>
      other.node === output.node && baseName(other.url) === baseName(output.url);
    const at = left.get(place);
    const found =
      at !== undefined && same(at) ? place : [...left].find(([, other]) => same(other))?.[0];
    const index = found ?? (known.length === fresh.length ? place : undefined);
    const link = index === undefined ? undefined : left.get(index);
    if (index !== undefined) left.delete(index);
    return link ?? output;
  };
  const renewals = known.map(take);
  // Outputs that the service had not listed before come last.
  return known.length < fresh.length ? [...renewals, ...left.values()] : renewals;
};
