import { hash } from 'node:crypto';
import type { Asset } from '../assets/asset.js';
import type { Code } from '../diagnostics/codes.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error, inRun, notice } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { BaseKnown, OverrideRecord, SavedFile } from '../journal/event.js';
import { endOfTask, linkLifeMs } from '../journal/links.js';
import type { BatchState, RunRecord, RunState } from '../journal/state.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Combination, Matrix } from '../matrix/combination.js';
import { isSkipped } from '../matrix/skip.js';
import type { TargetModule } from '../targets/target.js';
import type { RunId } from '../values/ids.js';
import { shortestAddress } from '../workflow/shortest.js';
import type { Workflow } from '../workflow/workflow.js';
import { baseOf, baseValues } from './base.js';
import { bindAll, checkNames, checkRequired } from './values/bind.js';
import type { Decision } from './decide.js';
import { decide } from './decide.js';
import { durationsOf } from '../forecast/durations.js';
import { estimate } from './estimate.js';
import { unmet } from './expect.js';
import type { RunCore } from './evaluate.js';
import { Evaluator } from './evaluate.js';
import { compile, pathsOf } from '../template/expression.js';
import { Fingerprints } from './fingerprint.js';
import { IdTable } from './id-table.js';
import { checkKeys } from './key-in-runs.js';
import { keptNodes } from './kept-nodes.js';
import { KeptRuns } from './select/kept-runs.js';
import { Members } from '../template/members.js';
import { Mix } from '../forecast/mix.js';
import type { FileMove, FileMoves, Found } from './names/moves.js';
import { isNumbered } from './names/moves.js';
import { outputFacts } from './names/output-facts.js';
import { OutputNames } from './names/output-names.js';
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
import { folded } from './names/portable.js';
import { differences, reasonText } from './reasons.js';
import { toRunInputs } from './saved/record.js';
import type { Surroundings } from '../template/scope.js';
import type { Selection } from './select/selection.js';
import { failedRuns, inShard, isPartial } from './select/selection.js';
import { Selector } from './select/selector.js';
import { nothingBound, runsAsItIs } from './values/unchanged.js';
import { Values } from './values/value.js';

export interface PlanInput {
  readonly manifest: Manifest;
  readonly target: TargetModule;
  readonly workflow: Workflow;
  readonly matrix: Matrix;
  readonly history: BatchState;
  readonly selection: Selection;
  readonly edges: {
    readonly files: Files;
    readonly now: number;
    /** batch.date: YYYY-MM-DD in UTC. */
    readonly date: string;
    /** Without keys: what templates may read. */
    readonly env: ReadonlyMap<string, string>;
    /** Where an output is, as it was saved; null: nowhere. */
    readonly find: (file: SavedFile) => Found | Promise<Found | null>;
    /** Whether anything has this name in the outputs' folder. */
    readonly occupied: (path: string) => Promise<boolean>;
    /** The service is an emulator in this process: it knows no task of an earlier one. */
    readonly emulated?: boolean;
    /** Whether the key stands in a text; null: no key is known. */
    readonly holdsKey: ((text: string) => boolean) | null;
    /** Whether the service is believed to have this content already. */
    readonly uploaded: (sha256: string) => boolean;
  };
}

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

/** Runs that are evaluated in one go; what a walk holds is bounded by it. */
const batchSize = 256;

const none: Readonly<Record<Decision['action'], number>> = {
  new: 0,
  changed: 0,
  retry: 0,
  unknown: 0,
  cancelled: 0,
  upToDate: 0,
  download: 0,
};
const isNew: Decision = { action: 'new', reasons: [] };

class Planner implements Plan {
  readonly manifest: Manifest;
  readonly workflow: Workflow;
  readonly base: BaseKnown;
  readonly target: TargetModule;
  readonly pinned: readonly Override[];
  readonly keptNodes: ReadonlySet<string> | null;
  /** Each run would repeat a mistake that was told. */
  readonly everyRunIsWrong: boolean = false;
  readonly #values: Values;
  readonly #evaluator: Evaluator;
  readonly #outputs: OutputNames;
  readonly #members: Members;
  /** As the plan found them: what is retried and succeeds still belongs to this apply's report. */
  readonly #failed: ReadonlySet<RunId> | null;
  readonly #selected = new IdTable();
  /** All of the batch, selected or not. */
  readonly #planned: IdTable;
  readonly #names = new IdTable();
  /** Of runs that history knows; the others are new. */
  readonly #decisions = new Map<RunId, Decision>();
  readonly #changes = new Map<RunId, readonly string[]>();
  readonly #uses = new Map<string, number>();
  readonly moves: FileMoves[] = [];
  readonly pending = new Mix();
  readonly #kept = new KeptRuns();
  #summary: PlanSummary = {
    planned: 0,
    total: 0,
    ...none,
    notGiven: 0,
    notSelected: 0,
  };

  constructor(
    private readonly input: PlanInput,
    private readonly problems: Problems,
  ) {
    const { manifest, target, workflow, matrix, edges } = input;
    this.manifest = manifest;
    this.#failed = input.selection.failed ? failedRuns(input.history) : null;
    this.#planned = isPartial(input.selection) ? new IdTable() : this.#selected;
    this.target = target;
    this.workflow = workflow;
    const graph = target.identity(workflow);
    const { instance } = manifest.create;
    this.base = baseOf(graph, instance);
    this.pinned = baseValues(workflow, target.pinned(workflow));
    this.keptNodes = keptNodes(manifest, target, workflow, problems);
    const surroundings: Surroundings = {
      vars: manifest.vars,
      env: edges.env,
      batch: new Map([
        ['name', manifest.name],
        ['date', edges.date],
      ]),
    };
    const before = problems.errors;
    const bindings = bindAll(manifest, workflow, matrix, problems);
    checkRequired(workflow, bindings, manifest.target.file.at, problems);
    const { name } = manifest.run;
    const naming = {
      name:
        name === null
          ? null
          : compile({ is: 'scalar', text: name.value, type: 'text' }, name.at, problems),
      tags: manifest.run.tags.map(({ value, at }) => ({
        at,
        expression: compile({ is: 'scalar', text: value, type: 'text' }, at, problems),
      })),
    };
    this.#outputs = new OutputNames(manifest, matrix, surroundings, problems);
    const uses = [
      ...bindings.flatMap(({ value }) =>
        value.is === 'expression' ? [{ expression: value.expression, stage: 'set' as const }] : [],
      ),
      ...(naming.name === null ? [] : [{ expression: naming.name, stage: 'name' as const }]),
      ...naming.tags.map(({ expression }) => ({ expression, stage: 'name' as const })),
      ...this.#outputs.uses,
    ];
    checkNames(uses, bindings, matrix, surroundings, problems);
    this.#members = new Members(
      uses.flatMap(({ expression }) => pathsOf(expression)),
      new Set(this.#variables),
    );
    // Told once, not for every run.
    if (bindings.length === 0 && !runsAsItIs(manifest) && problems.errors === before) {
      problems.add(nothingBound(manifest, workflow));
      this.everyRunIsWrong = true;
    }
    this.#values = new Values(fileName(workflow), manifest.assets, edges.files);
    this.#evaluator = new Evaluator({
      manifest,
      workflow,
      bindings,
      values: this.#values,
      fingerprints: new Fingerprints(manifest.target, instance, graph),
      surroundings,
      naming,
      members: this.#members,
      bound: problems.errors === before,
    });
  }

  get summary(): PlanSummary {
    return this.#summary;
  }

  get assets(): ReadonlyMap<string, Asset> {
    return this.#values.assets;
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
    return this.#outputs.path(run, output);
  }

  async *runs(): AsyncGenerator<PlannedRun> {
    // Decided again by the same rules; mistakes were told by the survey.
    const quiet = new Problems();
    const seen = new IdTable();
    const acting = isPartial(this.input.selection) ? new IdTable() : null;
    for await (const cores of this.#walk(quiet))
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
    for await (const cores of this.#evaluated(this.problems)) {
      if (holdsKey !== null) checkKeys(cores, holdsKey, this.problems);
      // A batch that never ran is mostly planned alone: it stays as small as it can be.
      if (!fresh) this.#kept.add(cores);
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
        const { action } = fresh ? isNew : await this.#decide(core);
        count[action] += 1;
        if (twin || (action !== 'new' && action !== 'changed' && action !== 'retry')) continue;
        this.#countUses(assets);
        this.pending.add(() => core.values);
      }
    }
    if (!fresh) this.#kept.end();
    this.#values.doubts.tell(this.problems);
    this.#summary = { planned, total, ...count, notGiven, notSelected: this.#notSelected };
    if (total === 0 && this.#notSelected === 0 && this.problems.errors === 0)
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
    for await (const cores of this.#walk(new Problems()))
      for (const core of cores)
        if (core.selected && !history.runs.has(core.id))
          pairs.ask(
            core.id,
            toRunInputs(this.#runOf(core), this.base.sha256),
            core.chosenName !== null,
          );
    const matches = pairs.matches();
    for await (const cores of this.#walk(new Problems()))
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

  #notSelected = 0;

  /** All runs of the batch in matrix order, each marked whether it is selected. */
  async *#walk(problems: Problems): AsyncGenerator<readonly RunCore[]> {
    if (this.#kept.whole !== null) yield* this.#kept.whole;
    else yield* this.#evaluated(problems);
  }

  async *#evaluated(problems: Problems): AsyncGenerator<readonly RunCore[]> {
    const selector = this.#newSelector();
    const before = problems.errors;
    let left = this.input.selection.first ?? Number.POSITIVE_INFINITY;
    this.#notSelected = 0;
    let cores: RunCore[] = [];
    for await (const combinations of this.input.matrix.combinations()) {
      for (const combination of combinations) {
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
    if (problems === this.problems) this.#members.tell(problems);
    // Of runs that could not be made it is not known whether they fit.
    if (problems === this.problems && problems.errors === before)
      for (const mistake of selector.mistakes(this.#variables)) problems.add(mistake);
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
    const { selection } = this.input;
    if (problems === this.problems) this.#members.see(combination);
    if (isSkipped(combination) || !inShard(selection, combination.index)) {
      this.#notSelected += 1;
      return null;
    }
    const core = await this.#evaluator.evaluate(combination, problems);
    if (core === null) return null;
    core.selected = selector.fits(core);
    return core;
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

  async #decide(core: RunCore): Promise<Decision> {
    const record = this.input.history.runs.get(core.id);
    if (record === undefined) return isNew;
    const known = this.#decisions.get(core.id);
    if (known !== undefined) return known;
    const made = decide(record, {
      forced: core.forced,
      again: this.input.selection.failed,
      now: this.input.edges.now,
      maxAgeMs: this.manifest.reuse.maxAgeMs,
      accepts: (files) => files.length > 0 && unmet(files, this.manifest.run.expect) === null,
    });
    const decision = made === 'checkFiles' ? await this.#checkFiles(core, record) : made;
    this.#decisions.set(core.id, decision);
    return decision;
  }

  async #checkFiles(core: RunCore, record: RunRecord): Promise<Decision> {
    const { state } = record;
    if (state.is !== 'succeeded' && state.is !== 'failed') return { action: 'new', reasons: [] };
    const lost: string[] = [];
    const places: Found[] = [];
    for (const file of state.files ?? []) {
      const found = this.input.edges.find(file);
      const place = found instanceof Promise ? await found : found;
      if (place !== null) places.push(place);
      else lost.push(`${file.path} ${lossOf(state, await this.input.edges.occupied(file.path))}`);
    }
    if (state.is === 'failed')
      return lost.length === 0
        ? { action: 'download', reasons: ['its outputs are here, and run.expect takes them now'] }
        : { action: 'retry', reasons: [`failed before: ${state.error.message}`] };
    if (lost.length === 0) {
      await this.#place(core, state, places);
      return { action: 'upToDate', reasons: [] };
    }
    const { now, emulated } = this.input.edges;
    if (emulated === true)
      return { action: 'changed', reasons: [...lost, 'the emulator that made it is gone'] };
    const ended = endOfTask(record, state.taskId) ?? state.at;
    if (now - ended < linkLifeMs) return { action: 'download', reasons: lost };
    return { action: 'changed', reasons: [...lost, 'its links are older than a day'] };
  }

  /** Notes which files of a finished run are to have another name or place. */
  async #place(
    core: RunCore,
    { taskId, files, removedAt }: RunState & { readonly is: 'succeeded' },
    places: readonly Found[],
  ): Promise<void> {
    const moves: FileMove[] = [];
    for (const [index, file] of files.entries()) {
      const place = places[index];
      if (place === undefined) return;
      const wanted = this.#outputs.lasting
        ? this.#outputs.pathOf(core, core.combination, outputFacts(file, index))
        : file.path;
      // Its name was taken when it was saved, and is so still.
      const stays =
        wanted === file.path ||
        (isNumbered(file.path, wanted) && (await this.input.edges.occupied(wanted)));
      const to = stays ? file.path : wanted;
      const how = !place.own ? 'link' : stays ? 'keep' : 'rename';
      moves.push({ file, from: place.path, to, how });
    }
    // What was removed and is here again is noted, too.
    if (removedAt !== undefined || moves.some(({ how }) => how !== 'keep'))
      this.moves.push({ run: core.id, taskId, files: moves });
  }

  #runOf(core: RunCore, twinOf: number | null = null, acts = false): PlannedRun {
    const { combination, id, name, selected, tags, values, overrides } = core;
    const changes = this.#changes.get(id);
    const decision: Decision =
      changes === undefined
        ? (this.#decisions.get(id) ?? { action: 'new', reasons: [] })
        : { action: 'changed', reasons: changes };
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
    this.#outputs.remember(run, combination, core.key);
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
    const words = { file: fileName(workflow), target: this.manifest.target.key };
    return found.map((difference) => reasonText(difference, words));
  }
}

/** What became of an output that is not where it was saved. */
const lossOf = (
  { removedAt }: RunState & { readonly is: 'succeeded' | 'failed' },
  occupied: boolean,
): string => {
  if (occupied) return 'is not as it was saved';
  return removedAt === undefined
    ? 'is missing'
    : `was removed by clean --orphans on ${new Date(removedAt).toISOString().slice(0, 10)}`;
};

const noRuns = ({ emptyOnPurpose }: Matrix): Diagnostic =>
  emptyOnPurpose === null
    ? error('E0319', null, 'the matrix has no runs')
    : notice('E0319', null, `the matrix has no runs: ${emptyOnPurpose}`);

const fileName = ({ file }: Workflow): string => file.split(/[/\\]/).at(-1) ?? file;

/** What a person should know of a run beside why it runs. */
const origin = (include: number | null, overrides: readonly Override[]): string[] => [
  ...(include === null ? [] : [`from include[${include}]`]),
  ...(overrides.some(({ value }) => value.is === 'asSaved')
    ? ['not reproducible: the service chooses a value']
    : []),
];
