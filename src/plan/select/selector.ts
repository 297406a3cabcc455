import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/diagnostic.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { RunId } from '../../values/ids.js';
import { compareDecimals, parseDecimal } from '../../values/decimal.js';
import type { PlannedRun } from '../plan.js';
import { PickedRows } from './picked-rows.js';
import type { Selection } from './selection.js';
import { Patterns } from './selection.js';

type Candidate = Pick<PlannedRun, 'id' | 'name' | 'tags' | 'values'> & { readonly repeat: number };

/** So many names or values are kept for a did-you-mean. */
const maxKept = 5_000;

/**
 * One walk's view of a selection: which runs it means, and what of it no run had. A word that
 * fits nothing is most likely a slip of the pen, and an apply of nothing would look like success.
 */
export class Selector {
  readonly #only: Patterns;
  readonly #force: Patterns;
  readonly #picked: PickedRows | null;
  readonly #conditions: readonly Condition[];
  readonly #tags: readonly Condition[];
  readonly #names = new Set<string>();
  #fitting = 0;

  constructor(
    private readonly selection: Selection,
    /** What `--failed` means; null: it was not given. */
    private readonly failed: ReadonlySet<RunId> | null,
    variables: readonly string[],
  ) {
    const { only, force, where, tags, picked } = selection;
    this.#only = new Patterns(only);
    this.#force = new Patterns(force === null || force === true ? [] : force);
    this.#conditions = where.map(([column, value]) => {
      const name = variables.find((each) => each.normalize('NFC') === column.normalize('NFC'));
      return new Condition(value, name ?? null);
    });
    this.#picked = picked === undefined ? null : new PickedRows(picked, variables);
    this.#tags = tags.map((tag) => new Condition(tag, null));
  }

  /** Every condition counts what it finds, also where another one left the run out already. */
  fits(run: Candidate): boolean {
    const { only, where, tags } = this.selection;
    if (only.length > 0 || this.#force.wanted) this.#keepName(run.name);
    const fitsOnly = only.length === 0 || this.#only.fits(run);
    const fitsWhere = where.length === 0 || this.#fitsWhere(run);
    const fitsTags = tags.length === 0 || this.#fitsTags(run);
    const fitsPicked = this.#picked === null || this.#picked.fits(run);
    if (!fitsOnly || !fitsWhere || !fitsTags || !fitsPicked) return false;
    this.#fitting += 1;
    return this.failed === null || this.failed.has(run.id);
  }

  /** Of a run that is selected. */
  forces(run: Candidate): boolean {
    return this.selection.force === true || (this.#force.wanted && this.#force.fits(run));
  }

  /** What is wrong with it, after all runs were seen. */
  mistakes(variables: readonly string[]): readonly Diagnostic[] {
    const { only, where, tags } = this.selection;
    const found = [
      ...this.#only.unused.map((text) => this.#unfit('--only', text)),
      ...where.flatMap(([column, value], at) => {
        const condition = this.#conditions[at];
        if (condition?.column === null) return [noColumn(column, variables)];
        return condition === undefined || condition.found
          ? []
          : [noValue(column, value, condition)];
      }),
      ...(this.#tags.some(({ found: one }) => one)
        ? []
        : this.#tags.map((condition) => noTag(condition))),
    ];
    if (found.length > 0) return found;
    const picked = this.#picked?.mistakes ?? [];
    if (picked.some(({ severity }) => severity === 'error')) return picked;
    const asked = only.length + where.length + tags.length + (this.#picked === null ? 0 : 1);
    if (this.#fitting === 0 && asked > 0)
      return [
        error('E0410', null, 'no run fits all that was asked for', {
          hint: 'each of --only, --where, --tag and --picked fits some run, but none fits all of them',
        }),
      ];
    return [...picked, ...this.#force.unused.map((text) => this.#unfit('--force', text))];
  }

  #unfit(flag: string, text: string): Diagnostic {
    return error(
      'E0410',
      null,
      `${flag} ${text} fits no ${flag === '--force' ? 'selected ' : ''}run`,
      {
        hint: didYouMean(text, this.#names) ?? 'rh-batch plan --json lists names and ids',
      },
    );
  }

  #keepName(name: string): void {
    if (this.#names.size < maxKept) this.#names.add(name);
  }

  #fitsWhere({ values }: Candidate): boolean {
    let fits = true;
    for (const condition of this.#conditions) {
      const value = condition.column === null ? undefined : values.get(condition.column);
      if (value === undefined || !condition.takes(value)) fits = false;
    }
    return fits;
  }

  #fitsTags({ tags }: Candidate): boolean {
    let fits = false;
    for (const condition of this.#tags)
      for (const tag of tags) if (condition.takes(tag)) fits = true;
    return fits;
  }
}

/** A value that is asked for, and the others that were seen in its place. */
class Condition {
  readonly seen = new Set<string>();
  found = false;

  constructor(
    readonly value: string,
    readonly column: string | null,
  ) {}

  takes(value: string): boolean {
    if (sameValue(this.value, value)) return (this.found = true);
    if (this.seen.size < maxKept) this.seen.add(value);
    return false;
  }
}

/** Numbers as numbers: `1` is `1.0`. Text as it is after NFC; so is `007`, which counts nothing. */
export const sameValue = (a: string, b: string): boolean => {
  if (a === b || a.normalize('NFC') === b.normalize('NFC')) return true;
  if (!isAmount(a) || !isAmount(b)) return false;
  const [left, right] = [parseDecimal(a.trim()), parseDecimal(b.trim())];
  return left !== null && right !== null && compareDecimals(left, right) === 0;
};

const isAmount = (text: string): boolean => /^\s*[+-]?(?!0\d)[\d.]/.test(text);

const noColumn = (column: string, variables: readonly string[]): Diagnostic =>
  error('E0410', null, `--where names no column or axis: there is no "${column}"`, {
    hint:
      didYouMean(column, variables) ??
      (variables.length === 0
        ? 'the matrix has none'
        : `one of ${variables.slice(0, 10).join(', ')}${variables.length > 10 ? ' …' : ''}`),
  });

const noValue = (column: string, value: string, { seen }: Condition): Diagnostic =>
  error('E0410', null, `--where ${column}=${value} fits no run`, {
    hint: didYouMean(value, seen) ?? 'rh-batch plan --json lists the values of every run',
  });

const noTag = ({ value, seen }: Condition): Diagnostic =>
  error('E0410', null, `--tag ${value} fits no run`, {
    hint:
      didYouMean(value, seen) ??
      (seen.size === 0 ? 'no run has a tag' : `one of ${[...seen].slice(0, 10).join(', ')}`),
  });
