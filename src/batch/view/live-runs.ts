import { setImmediate } from 'node:timers/promises';
import type { BatchState } from '../../journal/state.js';
import type { Plan } from '../../plan/plan.js';
import type { BatchReport, ReportRun } from '../../report/model.js';
import { makeReport } from '../../report/model.js';
import type { RunFacts } from '../../report/run.js';
import { buildRun, factsOfPlanned, selectedIn } from '../../report/run.js';
import { contentOf } from '../../thumbnails/folder.js';
import type { RunId } from '../../values/ids.js';
import { factsOfJournal } from '../reports/journal-facts.js';

/** So many runs are evaluated without a pause. */
const atOnce = 200;

/** The runs of a batch as its journal has them now, and which of them changed since when. */
export class LiveRuns {
  #version = 0;
  readonly #facts: readonly RunFacts[];
  readonly #places = new Map<RunId, number[]>();
  readonly #changedAt: number[];
  #runs: ReportRun[] = [];
  #report: BatchReport | null = null;
  readonly #paths = new Set<string>();
  readonly #contents = new Set<string>();

  private constructor(
    private readonly plan: Plan,
    private readonly emulated: boolean,
    facts: readonly RunFacts[],
  ) {
    this.#facts = [...facts].sort((a, b) => a.index - b.index);
    this.#changedAt = this.#facts.map(() => 0);
    for (const [place, { id }] of this.#facts.entries()) {
      const places = this.#places.get(id);
      if (places === undefined) this.#places.set(id, [place]);
      else places.push(place);
    }
  }

  /** Each run is evaluated once: what it is does not change, only what becomes of it. */
  static async of(plan: Plan, state: BatchState, emulated: boolean): Promise<LiveRuns> {
    const facts: RunFacts[] = [];
    for await (const run of plan.runs()) {
      facts.push(factsOfPlanned(run));
      // An apply in this process has its turn meanwhile.
      if (facts.length % atOnce === 0) await setImmediate();
    }
    const live = new LiveRuns(plan, emulated, facts);
    live.update(state, 'all');
    return live;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether a page of these runs can go on with those ones. */
  isLike(other: LiveRuns): boolean {
    const key = ({ id, name, index, values }: RunFacts): string =>
      JSON.stringify([id, name, index, [...values]]);
    return (
      this.#facts.length === other.#facts.length &&
      this.#facts.every((facts, place) => {
        const theirs = other.#facts[place];
        return theirs !== undefined && key(facts) === key(theirs);
      })
    );
  }

  /** Goes on counting where another one ended, so that pages of that one are told everything. */
  follow(other: LiveRuns): void {
    this.#version = other.#version + 1;
    this.#changedAt.fill(this.#version);
  }

  /** What became of these runs is read again. */
  update(state: BatchState, changed: Iterable<RunId> | 'all'): void {
    this.#version += 1;
    this.#report = null;
    const isSelected = selectedIn(state);
    const held = new Map(Object.entries(state.told?.held ?? {}));
    const places =
      changed === 'all'
        ? this.#facts.keys()
        : [...new Set(changed)].flatMap((run) => this.#places.get(run) ?? []);
    const runs = changed === 'all' ? [] : [...this.#runs];
    for (const place of places) {
      const facts = this.#facts[place];
      if (facts === undefined) continue;
      const { id } = facts;
      const run = buildRun(facts, state.runs.get(id), {
        since: state.beganAt,
        held: held.get(id) ?? null,
        thisApply: isSelected(id),
      });
      for (const { path, sha256 } of run.outputs) {
        if (path !== null) this.#paths.add(path);
        if (sha256 !== null) this.#contents.add(contentOf(sha256));
      }
      runs[place] = run;
      this.#changedAt[place] = this.#version;
    }
    this.#runs = runs;
  }

  report(state: BatchState): BatchReport {
    return (this.#report ??= this.#made(state));
  }

  #made(state: BatchState): BatchReport {
    const facts = factsOfJournal(this.plan, state, this.emulated);
    const referenced = this.#runs.reduce(
      (sum, { overrides }) => sum + overrides.filter((one) => one.asset !== undefined).length,
      0,
    );
    return makeReport({ ...facts, assets: { referenced, ...facts.assets } }, this.#runs);
  }

  changedSince(version: number): readonly (readonly [place: number, run: ReportRun])[] {
    return this.#runs.flatMap((run, place) =>
      (this.#changedAt[place] ?? 0) > version ? [[place, run] as const] : [],
    );
  }

  /** Those that have one of these contents among their outputs. */
  with(contents: ReadonlySet<string>): readonly RunId[] {
    if (contents.size === 0) return [];
    return this.#runs.flatMap(({ id, outputs }) =>
      outputs.some(({ sha256 }) => sha256 !== null && contents.has(contentOf(sha256))) ? [id] : [],
    );
  }

  get runs(): readonly ReportRun[] {
    return this.#runs;
  }

  /** Whether a file is an output of the batch. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Whether an output of the batch has this content. */
  hasContent(content: string): boolean {
    return this.#contents.has(content);
  }
}
