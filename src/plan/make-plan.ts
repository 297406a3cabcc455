import { hash } from 'node:crypto';
import type { Asset } from '../assets/asset.js';
import type { Code } from '../diagnostics/codes.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error, inRun, notice } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import { durationsOf } from '../forecast/durations.js';
import { Mix } from '../forecast/mix.js';
import type { BaseKnown, OverrideRecord } from '../journal/event.js';
import type { RunRecord } from '../journal/state.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Matrix } from '../matrix/combination.js';
import type { TargetModule } from '../targets/target.js';
import type { RunId } from '../values/ids.js';
import { shortestAddress } from '../workflow/shortest.js';
import type { Workflow } from '../workflow/workflow.js';
import { fileNameOf } from '../workflow/workflow.js';
import { baseOf, baseValues } from './base.js';
import type { Decision } from './decide.js';
import { estimate } from './estimate.js';
import type { RunCore } from './evaluate.js';
import { IdTable } from './id-table.js';
import { checkKeys } from './key-in-runs.js';
import { keptNodes } from './kept-nodes.js';
import type { FileMoves } from './names/moves.js';
import { folded } from './names/portable.js';
import { Predecessors } from './pair.js';
import type {
  Estimate,
  OutputFacts,
  Override,
  Plan,
  PlannedRun,
  PlannedUpload,
  PlanSummary,
} from './plan.js';
import { differences, reasonText } from './reasons.js';
import { Decisions, isNew } from './runs/decisions.js';
import type { PlanInput } from './runs/input.js';
import type { Reading } from './runs/reading.js';
import { readTemplates } from './runs/reading.js';
import { Walk } from './runs/walk.js';
import { toRunInputs } from './saved/record.js';
import { isPartial } from './select/selection.js';

const everyRowRepeats: ReadonlySet<Code> = new Set(['E0331', 'E0401', 'E0402', 'E0403']);

/**
 * Walks the matrix once: checks every cell, hashes every asset once, decides about every run.
 * null when there are errors, all of which are in `problems`.
 */
export const makePlan = async (input: PlanInput, problems: Problems): Promise<Plan | null> => {
  const before = problems.errors;
  const planner = new Planner(input, problems);
  // Cells are checked although a header is wrong; not where every row would repeat the mistake.
  if (planner.everyRunIsWrong || problems.kept.some(({ code }) => everyRowRepeats.has(code)))
    return null;
  await planner.survey();
  if (problems.errors > before) return null;
  await planner.pairWithHistory();
  return planner;
};

const none: Readonly<Record<Decision['action'], number>> = {
  new: 0,
  changed: 0,
  retry: 0,
  unknown: 0,
  cancelled: 0,
  upToDate: 0,
  download: 0,
};

class Planner implements Plan {
  readonly manifest: Manifest;
  readonly workflow: Workflow;
  readonly base: BaseKnown;
  readonly target: TargetModule;
  readonly pinned: readonly Override[];
  readonly keptNodes: ReadonlySet<string> | null;
  readonly pending = new Mix();
  readonly #reading: Reading;
  readonly #walk: Walk;
  readonly #decisions: Decisions;
  readonly #selected = new IdTable();
  /** All of the batch, selected or not. */
  readonly #planned: IdTable;
  readonly #names = new IdTable();
  readonly #changes = new Map<RunId, readonly string[]>();
  readonly #uses = new Map<string, number>();
  #summary: PlanSummary = { planned: 0, total: 0, ...none, notGiven: 0, notSelected: 0 };

  constructor(
    private readonly input: PlanInput,
    private readonly problems: Problems,
  ) {
    const { manifest, target, workflow } = input;
    this.manifest = manifest;
    this.target = target;
    this.workflow = workflow;
    this.#planned = isPartial(input.selection) ? new IdTable() : this.#selected;
    this.base = baseOf(target.identity(workflow), manifest.create.instance);
    this.pinned = baseValues(workflow, target.pinned(workflow));
    this.keptNodes = keptNodes(manifest, target, workflow, problems);
    this.#reading = readTemplates(input, problems);
    this.#walk = new Walk(input, this.#reading);
    this.#decisions = new Decisions(input, this.#reading.outputs);
  }

  /** Each run would repeat a mistake that was told. */
  get everyRunIsWrong(): boolean {
    return this.#reading.everyRunIsWrong;
  }

  get summary(): PlanSummary {
    return this.#summary;
  }

  get moves(): readonly FileMoves[] {
    return this.#decisions.moves;
  }

  get assets(): ReadonlyMap<string, Asset> {
    return this.#reading.values.assets;
  }

  get uploads(): readonly PlannedUpload[] {
    return [...this.#uses].flatMap(([sha256, usedBy]) => {
      const asset = this.assets.get(sha256);
      return asset === undefined || this.input.edges.uploaded(sha256)
        ? []
        : [{ path: asset.shown, sha256, bytes: asset.bytes, usedBy }];
    });
  }

  get estimate(): Estimate {
    const { history } = this.input;
    const { target, create, execution } = this.manifest;
    const known = durationsOf(history, target.id, create.instance);
    return estimate(known, this.pending, execution.concurrency, history);
  }

  includes(id: RunId): boolean {
    return this.#planned.get(id) !== undefined;
  }

  outputPath(run: PlannedRun, output: OutputFacts): string {
    return this.#reading.outputs.path(run, output);
  }

  async *runs(): AsyncGenerator<PlannedRun> {
    // Decided again by the same rules; mistakes were told by the survey.
    const quiet = new Problems();
    const seen = new IdTable();
    const acting = isPartial(this.input.selection) ? new IdTable() : null;
    for await (const cores of this.#walk.again(quiet))
      for (const core of cores) {
        const { index } = core.combination;
        const first = seen.add(core.id, index);
        const earlier = acting === null || !core.selected ? first : acting.add(core.id, index);
        yield this.#runOf(core, first ?? null, core.selected && earlier === undefined);
      }
  }

  /** The first walk. */
  async survey(): Promise<void> {
    const count: Record<Decision['action'], number> = { ...none };
    let planned = 0;
    let total = 0;
    let notGiven = 0;
    // Ids cost hashes: they are not needed where nothing can be compared with anything.
    const fresh = this.input.history.runs.size === 0;
    const { holdsKey } = this.input.edges;
    // A batch that never ran is mostly planned alone: it stays as small as it can be.
    for await (const cores of this.#walk.first(this.problems, !fresh)) {
      if (holdsKey !== null) checkKeys(cores, holdsKey, this.problems);
      for (const core of cores) {
        planned += 1;
        this.#checkName(core);
        if (!fresh && this.#planned !== this.#selected)
          this.#planned.add(core.id, core.combination.index);
        if (!core.selected) continue;
        total += 1;
        notGiven += core.notGiven;
        const { assets } = core;
        const twin =
          (assets.length > 0 || !fresh) &&
          this.#selected.add(core.id, core.combination.index) !== undefined;
        const { action } = fresh ? isNew : await this.#decisions.decide(core);
        count[action] += 1;
        if (twin || (action !== 'new' && action !== 'changed' && action !== 'retry')) continue;
        this.#countUses(assets);
        this.pending.add(() => core.values);
      }
    }
    this.#reading.values.doubts.tell(this.problems);
    const { notSelected } = this.#walk;
    this.#summary = { planned, total, ...count, notGiven, notSelected };
    if (total === 0 && notSelected === 0 && this.problems.errors === 0)
      this.problems.add(noRuns(this.input.matrix));
  }

  /** Tells which run of the past a new one was before the user changed something. */
  async pairWithHistory(): Promise<void> {
    const { history } = this.input;
    if (this.#summary.new === 0) return;
    const orphans = [...history.runs.values()].filter(
      ({ id, from }) => from === undefined && this.#planned.get(id) === undefined,
    );
    if (orphans.length === 0) return;
    const pairs = new Predecessors(orphans);
    for await (const cores of this.#walk.again(new Problems()))
      for (const core of cores)
        if (core.selected && !history.runs.has(core.id))
          pairs.ask(
            core.id,
            toRunInputs(this.#runOf(core), this.base.sha256),
            core.chosenName !== null,
          );
    const matches = pairs.matches();
    for await (const cores of this.#walk.again(new Problems()))
      for (const core of cores) {
        const record = matches.get(core.id);
        const reasons = record === undefined ? [] : this.#reasons(core, record);
        if (reasons.length > 0) this.#changes.set(core.id, reasons);
      }
    const changed = this.#changes.size;
    this.#summary = {
      ...this.#summary,
      new: Math.max(0, this.#summary.new - changed),
      changed: this.#summary.changed + changed,
    };
  }

  /** Names must be unique, letter case aside: they become file names. */
  #checkName(core: RunCore): void {
    if (core.chosenName === null) return;
    const earlier = this.#names.add(
      hash('sha256', folded(core.chosenName)).slice(0, 16),
      core.combination.index,
    );
    if (earlier === undefined) return;
    const { row, index } = core.combination;
    this.problems.add(
      error(
        'E0601',
        this.manifest.run.name?.at ?? null,
        `runs ${earlier} and ${index} have the same name "${core.name}"`,
        {
          notes: row === null ? [] : [`the second is in ${row.file}:${row.line}`],
          hint: 'add what tells them apart: ${{ run.index }}, or another column',
          foundIn: inRun(index),
        },
      ),
    );
  }

  #countUses(used: readonly string[]): void {
    for (const sha256 of used) this.#uses.set(sha256, (this.#uses.get(sha256) ?? 0) + 1);
  }

  #runOf(core: RunCore, twinOf: number | null = null, acts = false): PlannedRun {
    const { combination, id, name, selected, tags, values, overrides } = core;
    const changes = this.#changes.get(id);
    const decision: Decision =
      changes === undefined ? this.#decisions.of(id) : { action: 'changed', reasons: changes };
    const run: PlannedRun = {
      index: combination.index,
      id,
      name,
      selected,
      acts,
      action: decision.action,
      reasons: [...decision.reasons, ...origin(combination.include, overrides)],
      row: combination.row,
      tags,
      values,
      overrides,
      repeat: combination.repeat,
      twinOf,
    };
    this.#reading.outputs.remember(run, combination, core.key);
    return run;
  }

  #reasons(core: RunCore, record: RunRecord): string[] {
    const { history } = this.input;
    const { workflow, base } = this;
    const found = differences(
      {
        target: history.target,
        inputs: record.inputs,
        base: history.bases.get(record.inputs.base) ?? null,
      },
      {
        target: this.manifest.target.id,
        inputs: toRunInputs(this.#runOf(core), base.sha256),
        base,
      },
      ({ node, class: classType, field }: OverrideRecord) => {
        const here = workflow.nodes.get(node);
        return here?.classType === classType && here.fields.has(field)
          ? shortestAddress(workflow, here, field)
          : null;
      },
    );
    const words = { file: fileNameOf(workflow), target: this.manifest.target.key };
    return found.map((difference) => reasonText(difference, words));
  }
}

const noRuns = ({ emptyOnPurpose }: Matrix): Diagnostic =>
  emptyOnPurpose === null
    ? error('E0319', null, 'the matrix has no runs')
    : notice('E0319', null, `the matrix has no runs: ${emptyOnPurpose}`);

/** What a person should know of a run beside why it runs. */
const origin = (include: number | null, overrides: readonly Override[]): string[] => [
  ...(include === null ? [] : [`from include[${include}]`]),
  ...(overrides.some(({ value }) => value.is === 'asSaved')
    ? ['not reproducible: the service chooses a value']
    : []),
];
