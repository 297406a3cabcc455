import type { Place } from '../values/place.js';
import type { Code } from './codes.js';
import type { Diagnostic } from './diagnostic.js';

/** How many diagnostics of one kind are kept; the rest are counted. */
const keptPerCode = 20;

/**
 * Collects the diagnostics of one pass, so that a user sees all mistakes at once.
 * Bounded: a million bad rows cost no more memory than twenty.
 */
export class Problems {
  readonly #kept: Diagnostic[] = [];
  readonly #seen = new Map<Code, { kept: number; more: number }>();
  readonly #hidden = new Set<string>();
  #errors = 0;

  /** A secret stands in this line: no excerpt shows it, whatever else is wrong there. */
  hide({ file, line }: Place): void {
    this.#hidden.add(`${file}:${line}`);
  }

  add(found: Diagnostic): void {
    const diagnostic = this.#hidden.size === 0 ? found : this.#covered(found);
    if (diagnostic.severity === 'error') this.#errors += 1;
    const seen = this.#seen.get(diagnostic.code) ?? { kept: 0, more: 0 };
    this.#seen.set(diagnostic.code, seen);
    if (seen.kept < keptPerCode) {
      seen.kept += 1;
      this.#kept.push(diagnostic);
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

  /** How many errors were added, kept or not. */
  get errors(): number {
    return this.#errors;
  }

  /** The kept ones, in the order of their discovery. */
  get kept(): readonly Diagnostic[] {
    return this.#kept;
  }

  /** Kinds of which more were added than are kept, with how many more. */
  get more(): readonly { readonly code: Code; readonly count: number }[] {
    return [...this.#seen]
      .filter(([, seen]) => seen.more > 0)
      .map(([code, seen]) => ({ code, count: seen.more }));
  }
}
