import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../diagnostics/nearest.js';
import type { BatchState, RunRecord } from '../journal/state.js';
import { nameGlob } from '../plan/select/selection.js';
import { stateWord } from '../terminal/run-text.js';
import type { RunId } from '../values/ids.js';
import { oneLine } from '../values/printable.js';

/** What a run is called. */
export interface Named {
  readonly id: RunId;
  readonly name: string;
  /** Its number: its place in the matrix. */
  readonly index: number;
}

export type FoundRun<T extends Named> =
  | { readonly is: 'one'; readonly run: T }
  | { readonly is: 'none'; readonly names: readonly string[] }
  | { readonly is: 'several'; readonly runs: readonly T[]; readonly count: number };

/** So many fitting runs, and names for a did-you-mean, are kept. */
const maxFitting = 10;
const maxNames = 5_000;

/** From here on digits are more likely the start of an id than a number alone. */
const minStart = 4;

interface Fitting<T> {
  readonly runs: T[];
  count: number;
}

const noRuns = <T>(): Fitting<T> => ({ runs: [], count: 0 });

/**
 * Which run a person means, for every command that takes one: its whole id or name; else its
 * number, or the start of its id or name, if there is one run alone that this fits; else a pattern
 * of names. Runs are shown one by one, so that a plan of any size can be looked through.
 */
export class RunFinder<T extends Named> {
  readonly #exact = noRuns<T>();
  readonly #numbered = noRuns<T>();
  readonly #begun = noRuns<T>();
  readonly #like = noRuns<T>();
  readonly #names = new Set<string>();
  readonly #typed: string;
  readonly #folded: string;
  readonly #pattern: RegExp | null;

  constructor(typed: string) {
    this.#typed = typed.trim().normalize('NFC');
    this.#folded = this.#typed.toLowerCase();
    this.#pattern = /[*?]/.test(typed) ? nameGlob(this.#typed) : null;
  }

  see(run: T): void {
    if (this.#names.size < maxNames) this.#names.add(run.name);
    const name = run.name.normalize('NFC');
    if (run.id === this.#folded || name === this.#typed) add(this.#exact, run);
    else if (/^\d{1,15}$/.test(this.#typed) && Number(this.#typed) === run.index)
      add(this.#numbered, run);
    else if (this.#folded !== '' && this.#isBegun(run.id, name)) add(this.#begun, run);
    else if (this.#pattern?.test(name) === true) add(this.#like, run);
  }

  #isBegun(id: string, name: string): boolean {
    return id.startsWith(this.#folded) || name.toLowerCase().startsWith(this.#folded);
  }

  get found(): FoundRun<T> {
    const { runs, count } = this.#fitting();
    const [run] = runs;
    if (run === undefined) return { is: 'none', names: [...this.#names] };
    return count === 1 ? { is: 'one', run } : { is: 'several', runs, count };
  }

  #fitting(): Fitting<T> {
    if (this.#exact.count > 0) return this.#exact;
    if (this.#numbered.count > 0)
      return this.#typed.length < minStart ? this.#numbered : both(this.#numbered, this.#begun);
    return this.#begun.count > 0 ? this.#begun : this.#like;
  }
}

const add = <T>(fitting: Fitting<T>, run: T): void => {
  fitting.count += 1;
  if (fitting.runs.length < maxFitting) fitting.runs.push(run);
};

const both = <T>(a: Fitting<T>, b: Fitting<T>): Fitting<T> => ({
  runs: [...a.runs, ...b.runs].slice(0, maxFitting),
  count: a.count + b.count,
});

/** A run of the journal, by what it is called. */
export interface Recorded extends Named {
  readonly record: RunRecord;
}

const recordedAs = (record: RunRecord): Recorded => ({
  id: record.id,
  name: record.inputs.name,
  index: record.inputs.index,
  record,
});

/** Among all that the journal knows. */
export const findRun = (state: BatchState, typed: string): FoundRun<Recorded> => {
  const finder = new RunFinder<Recorded>(typed);
  for (const record of state.runs.values()) finder.see(recordedAs(record));
  return finder.found;
};

const idDigits = 8;

/** What to say where it was not one. `listing` is the command that shows all there are. */
export const notOne = (
  typed: string,
  found: Exclude<FoundRun<Named & { readonly record?: RunRecord }>, { is: 'one' }>,
  listing: string,
): Diagnostic => {
  if (found.is === 'none') {
    const lists = `${listing} lists names and ids`;
    const near = didYouMean(typed, found.names);
    const before = /\.(?:ya?ml|json)$/i.test(typed) ? 'the run stands before the manifest; ' : '';
    return error('E0703', null, `the journal knows no run "${typed}"`, {
      hint: `${before}${near === null ? '' : `${near} `}${lists}`,
    });
  }
  const { runs, count } = found;
  const more = count - runs.length;
  return error('E0703', null, `"${typed}" fits ${count} runs`, {
    notes: [
      ...runs.map(({ id, name, index, record }) =>
        [
          id.slice(0, idDigits),
          `number ${index}`,
          oneLine(name),
          ...(record === undefined ? [] : [stateWord(record.state)]),
        ].join('  '),
      ),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ],
    hint: `write its id: ${runs[0]?.id.slice(0, idDigits) ?? ''} for the first of them`,
  });
};
