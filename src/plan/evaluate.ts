import { error, inRun } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Combination } from '../matrix/combination.js';
import { datumJson } from '../values/datum-json.js';
import type { Evaluated } from '../template/template.js';
import type { Cell, Datum } from '../values/datum.js';
import type { RunId } from '../values/ids.js';
import type { Place } from '../values/place.js';
import type { Field, Workflow } from '../workflow/workflow.js';
import { overrideOf } from './base.js';
import type { Binding } from './values/bind.js';
import type { Expression } from '../template/expression.js';
import { evaluateValue, onlyPath } from '../template/expression.js';
import type { Fingerprints } from './fingerprint.js';
import { runIdOf } from './fingerprint.js';
import { defaultName, keyOf } from './names/name.js';
import type { Override, OverrideValue } from './plan.js';
import { assetsOf } from './plan.js';
import type { Members } from '../template/members.js';
import { portable } from './names/portable.js';
import { requiredOf } from './values/required.js';
import type { Surroundings } from '../template/scope.js';
import { scopeOf, variableOf } from '../template/scope.js';
import { nothingGiven, runsAsItIs } from './values/unchanged.js';
import type { Values } from './values/value.js';

/** What was chosen for the fields of a run, in the order of the bindings. */
type Chosen = readonly (readonly [Field, OverrideValue])[];

/**
 * A run before it is compared with history. What costs time is made when it is first asked
 * for: a survey of a million new rows needs neither their ids nor their names.
 */
export class RunCore {
  #id: RunId | null = null;
  #key: string | null = null;
  #name: string | null = null;

  constructor(
    readonly combination: Combination,
    readonly chosen: Chosen,
    /** Empty cells of bound columns. */
    readonly notGiven: number,
    private readonly fingerprints: Fingerprints,
    private readonly workflow: Workflow,
  ) {}

  /** The name that a person chose; null: the default. */
  chosenName: string | null = null;
  tags: readonly string[] = [];
  /** Whether this command is about it; the others stand in reports alone. */
  selected = true;
  /** `--force` means it. */
  forced = false;

  get id(): RunId {
    return (this.#id ??= runIdOf(this.fingerprints.of(this.chosen, this.combination.repeat)));
  }

  get key(): string {
    return (this.#key ??= keyOf(this.combination));
  }

  get repeat(): number {
    return this.combination.repeat;
  }

  get name(): string {
    if (this.chosenName !== null) return this.chosenName;
    return (this.#name ??= defaultName(this.combination.index, this.key));
  }

  get values(): ReadonlyMap<string, string> {
    return valueTexts(this.combination);
  }

  /** The sha256 of each asset that it needs. */
  get assets(): readonly string[] {
    let found: string[] = none;
    for (const [, value] of this.chosen)
      for (const sha256 of assetsOf(value)) if (!found.includes(sha256)) found = [...found, sha256];
    return found;
  }

  get overrides(): readonly Override[] {
    return this.chosen.flatMap(([field, value]) => {
      const node = this.workflow.nodes.get(field.node);
      return node === undefined ? [] : [overrideOf(node, field, value)];
    });
  }
}

export interface Naming {
  /** `run.name`, taken apart; null: the default. */
  readonly name: Expression | null;
  readonly tags: readonly { readonly expression: Expression; readonly at: Place }[];
}

const forPeople: ReadonlySet<string> = new Set(['_name', '_skip', '_tags']);

/** Evaluates combinations: values to overrides, overrides to an id, names, tags. */
export class Evaluator {
  readonly #required: readonly Field[];

  constructor(
    private readonly parts: {
      readonly manifest: Manifest;
      readonly workflow: Workflow;
      readonly bindings: readonly Binding[];
      readonly values: Values;
      readonly fingerprints: Fingerprints;
      readonly surroundings: Surroundings;
      readonly naming: Naming;
      readonly members: Members;
      /** Every address fits a field. */
      readonly bound: boolean;
    },
  ) {
    this.#required = requiredOf(parts.workflow);
  }

  /** null: a mistake in this combination, which is in `problems`. */
  async evaluate(combination: Combination, problems: Problems): Promise<RunCore | null> {
    const before = problems.errors;
    const chosen: [Field, OverrideValue][] = [];
    let notGiven = 0;
    for (const binding of this.parts.bindings)
      for (const { field, made } of this.#bound(binding, combination, problems)) {
        const value = made instanceof Promise ? await made : made;
        if (value === undefined) notGiven += 1;
        else if (value !== null) chosen.push([field, value]);
      }
    if (problems.errors === before) this.#checkRequired(chosen, combination, problems);
    if (problems.errors > before) return null;
    const { fingerprints, workflow, manifest, bindings } = this.parts;
    // An address that fits nothing has been told, and would have given something.
    if (chosen.length === 0 && this.parts.bound && !runsAsItIs(manifest)) {
      problems.add(nothingGiven(combination, bindings, manifest, workflow));
      return null;
    }
    const core = new RunCore(combination, chosen, notGiven, fingerprints, workflow);
    core.chosenName = this.#name(core, problems);
    core.tags = this.#tags(core, problems);
    return problems.errors > before ? null : core;
  }

  /** Fields that need a value and have none of their own, in this run either. */
  #checkRequired(
    chosen: readonly (readonly [Field, OverrideValue])[],
    { row, index }: Combination,
    problems: Problems,
  ): void {
    for (const field of this.#required) {
      if (chosen.some(([set]) => set === field)) continue;
      const binding = this.parts.bindings.find(({ fields }) => fields.includes(field));
      // What nothing binds is told once, not for every run.
      if (binding === undefined) continue;
      problems.add(
        error('E0412', binding.at, `"${binding.address}" needs a value in every run`, {
          notes: [row === null ? `it has none in run ${index}` : `in ${row.file}:${row.line}`],
          foundIn: inRun(index),
        }),
      );
    }
  }

  /** `made`: what `Values.valueOf` says of each field. */
  #bound(
    { fields, value, address, at }: Binding,
    combination: Combination,
    problems: Problems,
  ): { readonly field: Field; readonly made: ReturnType<Values['valueOf']> }[] {
    const source = this.#source(value, combination, at);
    if (!source.ok) {
      this.#tell(source, combination, at, problems);
      return [];
    }
    const { datum, dir, place } = source;
    return fields.map((field) => ({
      field,
      made: this.parts.values.valueOf(
        { datum, dir, field, address, run: combination.index, at: place },
        problems,
      ),
    }));
  }

  /** The datum, the folder that its paths start at, and where to point when it is wrong. */
  #source(
    value: Binding['value'],
    combination: Combination,
    at: Place | null,
  ):
    | { ok: true; datum: Datum; dir: string; place: () => Place | null }
    | (Evaluated & { ok: false }) {
    const { manifest, surroundings } = this.parts;
    if (value.is === 'variable') {
      const cell = combination.variables.get(value.name);
      if (cell === undefined)
        return { ok: true, datum: { is: 'absent' }, dir: manifest.dir, place: () => at };
      return { ok: true, datum: cell.datum, dir: cell.dir, place: () => cell.at() ?? at };
    }
    const scope = scopeOf(combination, surroundings);
    const evaluated = evaluateValue(value.expression, scope);
    if (!evaluated.ok) return evaluated;
    const cell = this.#onlyCell(value.expression, combination);
    return {
      ok: true,
      datum: evaluated.datum,
      dir: cell?.dir ?? manifest.dir,
      place: () => cell?.at() ?? at,
    };
  }

  /** `${{ photo }}` alone, also inside `{ asset: … }`: its paths start where the table stands. */
  #onlyCell(expression: Expression, { variables }: Combination): Cell | undefined {
    const inner = expression.is === 'map' ? [...expression.entries.values()][0] : expression;
    const path = inner === undefined ? null : onlyPath(inner);
    const name = path === null ? null : variableOf(path, variables);
    return name === null ? undefined : variables.get(name);
  }

  #name(core: RunCore, problems: Problems): string | null {
    const { combination } = core;
    const repeated = combination.repeat > 0 ? `-r${combination.repeat}` : '';
    const column = combination.variables.get('_name')?.datum;
    if (column?.is === 'scalar' && column.text.trim() !== '')
      return portable(column.text.trim() + repeated);
    const { name } = this.parts.naming;
    const written = this.parts.manifest.run.name;
    if (name === null || written === null) return null;
    const text = this.#text(name, core, written.at, problems);
    if (text === null) return null;
    if (text.trim() !== '') return portable(text.trim() + repeated);
    const { index } = combination;
    problems.add(
      error('E0602', written.at, `run.name is empty for run ${index}`, { foundIn: inRun(index) }),
    );
    return null;
  }

  #tags(core: RunCore, problems: Problems): readonly string[] {
    const column = core.combination.variables.get('_tags')?.datum;
    if (column === undefined && this.parts.naming.tags.length === 0) return none;
    const tags = this.parts.naming.tags.flatMap(({ expression, at }) => {
      const text = this.#text(expression, core, at, problems);
      return text === null || text === '' ? [] : [text];
    });
    if (column?.is === 'scalar') tags.push(...column.text.split(/[,;|]/).map((tag) => tag.trim()));
    if (column?.is === 'list')
      for (const item of column.items) if (item.is === 'scalar') tags.push(item.text);
    return [...new Set(tags.filter((tag) => tag !== ''))];
  }

  #text(expression: Expression, core: RunCore, at: Place, problems: Problems): string | null {
    const run = {
      get: (name: string) => (name === 'id' ? core.id : name === 'key' ? core.key : undefined),
    };
    const scope = scopeOf(core.combination, this.parts.surroundings, run);
    const evaluated = evaluateValue(expression, scope);
    if (evaluated.ok) return evaluated.datum.is === 'scalar' ? evaluated.datum.text : '';
    this.#tell(evaluated, core.combination, at, problems);
    return null;
  }

  /** A name that may exist in no run at all is told once, when all were seen. */
  #tell(
    evaluated: Evaluated & { ok: false },
    combination: Combination,
    at: Place | null,
    problems: Problems,
  ): void {
    const mistake = atRow(evaluated, combination, at);
    const { missing } = evaluated;
    if (missing === undefined || !this.parts.members.defer(missing, mistake)) problems.add(mistake);
  }
}

const none: string[] = [];

/** A template's mistake in one row: the template's place, and the row in words. */
const atRow = (
  evaluated: Evaluated & { ok: false },
  { row, index }: Combination,
  at: Place | null,
): ReturnType<typeof error> =>
  error('E0404', evaluated.at ?? at, evaluated.message, {
    notes: [row === null ? `in run ${index}` : `in ${row.file}:${row.line}`],
    hint: evaluated.hint,
    foundIn: inRun(index),
  });

const valueTexts = ({ variables }: Combination): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const [name, { datum }] of variables) {
    if (forPeople.has(name) || datum.is === 'absent') continue;
    texts.set(name, datum.is === 'scalar' ? datum.text : datumJson(datum));
  }
  return texts;
};
