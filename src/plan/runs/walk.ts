import type { Problems } from '../../diagnostics/problems.js';
import type { Combination } from '../../matrix/combination.js';
import { isSkipped } from '../../matrix/skip.js';
import type { RunId } from '../../values/ids.js';
import type { RunCore } from '../evaluate.js';
import { KeptRuns } from '../select/kept-runs.js';
import { failedRuns, inShard } from '../select/selection.js';
import { Selector } from '../select/selector.js';
import type { PlanInput } from './input.js';
import type { Reading } from './reading.js';

/** Runs that are evaluated in one go; what a walk holds is bounded by it. */
const batchSize = 256;

/** All runs of a batch in the order of the matrix, each marked whether it is selected. */
export class Walk {
  /** As the plan found them: what is retried and succeeds still belongs to this apply's report. */
  readonly #failed: ReadonlySet<RunId> | null;
  readonly #kept = new KeptRuns();
  #notSelected = 0;

  constructor(
    private readonly input: PlanInput,
    private readonly reading: Reading,
  ) {
    this.#failed = input.selection.failed ? failedRuns(input.history) : null;
  }

  /** Of the last walk, those of no shard and those that are skipped among them. */
  get notSelected(): number {
    return this.#notSelected;
  }

  /**
   * The first walk. Mistakes go to `problems`; with `keep` a small batch is kept for the walks
   * that follow.
   */
  async *first(problems: Problems, keep: boolean): AsyncGenerator<readonly RunCore[]> {
    const before = problems.errors;
    const selector = this.#newSelector();
    for await (const cores of this.#evaluated(selector, problems, true)) {
      if (keep) this.#kept.add(cores);
      yield cores;
    }
    if (keep) this.#kept.end();
    this.reading.members.tell(problems);
    // Of runs that could not be made it is not known whether they fit.
    if (problems.errors === before)
      for (const mistake of selector.mistakes(this.#variables)) problems.add(mistake);
  }

  /** Once more, by the same rules; its mistakes were told by the first. */
  async *again(quiet: Problems): AsyncGenerator<readonly RunCore[]> {
    if (this.#kept.whole !== null) yield* this.#kept.whole;
    else yield* this.#evaluated(this.#newSelector(), quiet, false);
  }

  async *#evaluated(
    selector: Selector,
    problems: Problems,
    isFirst: boolean,
  ): AsyncGenerator<readonly RunCore[]> {
    let left = this.input.selection.first ?? Number.POSITIVE_INFINITY;
    this.#notSelected = 0;
    let cores: RunCore[] = [];
    for await (const combinations of this.input.matrix.combinations()) {
      for (const combination of combinations) {
        if (isFirst) this.reading.members.see(combination);
        const core = await this.#coreOf(combination, selector, problems);
        if (core === null) continue;
        core.selected &&= left > 0;
        if (core.selected) {
          left -= 1;
          core.forced = selector.forces(core);
        } else this.#notSelected += 1;
        cores.push(core);
        if (cores.length < batchSize) continue;
        yield cores;
        cores = [];
      }
    }
    yield cores;
  }

  get #variables(): readonly string[] {
    return this.input.matrix.variables.map(({ name }) => name);
  }

  #newSelector(): Selector {
    return new Selector(this.input.selection, this.#failed, this.#variables);
  }

  /** null: not of this batch or shard, or a mistake, which is in `problems`. */
  async #coreOf(
    combination: Combination,
    selector: Selector,
    problems: Problems,
  ): Promise<RunCore | null> {
    if (isSkipped(combination) || !inShard(this.input.selection, combination.index)) {
      this.#notSelected += 1;
      return null;
    }
    const core = await this.reading.evaluator.evaluate(combination, problems);
    if (core === null) return null;
    core.selected = selector.fits(core);
    return core;
  }
}
