import type { Place } from '../values/place.js';
import type { Code } from './codes.js';
import type { Diagnostic } from './diagnostic.js';

/** How many diagnostics of one kind are kept; the rest are counted. */
const keptPerCode = 20;

interface Kept {
  readonly diagnostic: Diagnostic;
  /** How often the same was added: in so many runs, or rows. */
  times: number;
}

/**
 * Collects the diagnostics of one pass, so that a user sees all mistakes at once, and each once: one
 * that every run repeats at the same place is counted.
 * Bounded: a million bad rows cost no more memory than twenty.
 */
export class Problems {
  readonly #kept = new Map<string, Kept>();
  readonly #seen = new Map<Code, { kept: number; more: number }>();
  readonly #hidden = new Set<string>();
  #errors = 0;
  #mistakes = 0;

  /** A secret stands in this line: no excerpt shows it, whatever else is wrong there. */
  hide({ file, line }: Place): void {
    this.#hidden.add(`${file}:${line}`);
  }

  add(found: Diagnostic): void {
    const diagnostic = this.#hidden.size === 0 ? found : this.#covered(found);
    if (diagnostic.severity === 'error') this.#errors += 1;
    const key = keyOf(diagnostic);
    const same = this.#kept.get(key);
    if (same !== undefined) {
      same.times += 1;
      return;
    }
    if (diagnostic.severity === 'error') this.#mistakes += 1;
    const seen = this.#seen.get(diagnostic.code) ?? { kept: 0, more: 0 };
    this.#seen.set(diagnostic.code, seen);
    if (seen.kept < keptPerCode) {
      seen.kept += 1;
      this.#kept.set(key, { diagnostic, times: 1 });
    } else seen.more += 1;
  }

  #covered(diagnostic: Diagnostic): Diagnostic {
    const cover = <P extends Place | null>(at: P): P =>
      at !== null && this.#hidden.has(`${at.file}:${at.line}`) ? { ...at, text: null } : at;
    const related = diagnostic.related.map(({ message, at }) => ({ message, at: cover(at) }));
    return { ...diagnostic, at: cover(diagnostic.at), related };
  }

  addAll(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.add(diagnostic);
  }

  /** How many errors were added, kept or not, however often each: whether some were added since. */
  get errors(): number {
    return this.#errors;
  }

  /** The kept ones, each once, in the order of their discovery. */
  get kept(): readonly Diagnostic[] {
    return [...this.#kept.values()].map(({ diagnostic, times }) =>
      times === 1 ? diagnostic : { ...diagnostic, message: counted(diagnostic, times) },
    );
  }

  /** Kinds of which more were added than are kept, with how many more. */
  get more(): readonly { readonly code: Code; readonly count: number }[] {
    return [...this.#seen]
      .filter(([, seen]) => seen.more > 0)
      .map(([code, seen]) => ({ code, count: seen.more }));
  }

  /** How many errors there are, each counted once. */
  get mistakes(): number {
    return this.#mistakes;
  }
}

/** Which run or row it was found in makes no other mistake of it. */
const ofOne = /\b(runs?|rows?) \d+(?: and \d+)?\b/g;

const keyOf = ({ severity, code, at, message }: Diagnostic): string =>
  JSON.stringify([
    severity,
    code,
    at === null ? null : [at.file, at.line, at.column, at.length],
    message.replace(ofOne, '$1'),
  ]);

/** Tables are read once: what is found after them, with each run. */
const counted = ({ code, message }: Diagnostic, times: number): string => {
  const what = code < 'E0390' ? 'rows' : 'runs';
  return message.search(ofOne) === -1
    ? `${message} (in ${times} ${what})`
    : `${message} (and in ${times - 1} more ${times === 2 ? what.slice(0, -1) : what})`;
};
