import type { Place } from '../values/place.js';
import type { Code } from './codes.js';
import type { Diagnostic } from './diagnostic.js';

/** How many diagnostics of one kind are kept; the rest are counted. */
const keptPerCode = 20;

/** How many of those that are counted are told apart from their like. */
const toldApart = 10_000;

/** How many other places of one mistake are named. */
const otherPlaces = 3;

interface Kept {
  readonly diagnostic: Diagnostic;
  /** In how many runs or rows it was found: they come in order. */
  units: number;
  last: number | null;
  /** Where else it stands; one more than is named. */
  readonly others: Set<string>;
}

/**
 * Collects the diagnostics of one pass, so that a user sees all mistakes at once, and each once: one
 * that many runs repeat at the same place is counted.
 * Bounded: a million bad rows cost no more memory than a few.
 */
export class Problems {
  readonly #kept = new Map<string, Kept>();
  readonly #seen = new Map<Code, { kept: number; more: number }>();
  /** Keys of mistakes that are counted and not kept. */
  readonly #counted = new Set<string>();
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
      countIn(same, diagnostic);
      return;
    }
    if (this.#counted.has(key)) return;
    if (diagnostic.severity === 'error') this.#mistakes += 1;
    const seen = this.#seen.get(diagnostic.code) ?? { kept: 0, more: 0 };
    this.#seen.set(diagnostic.code, seen);
    if (seen.kept < keptPerCode) {
      seen.kept += 1;
      const last = diagnostic.foundIn?.number ?? null;
      this.#kept.set(key, { diagnostic, units: 1, last, others: new Set() });
      return;
    }
    seen.more += 1;
    if (this.#counted.size < toldApart) this.#counted.add(key);
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

  /** What was found earlier and could not be told yet, with its numbers. */
  absorb(earlier: Problems): void {
    for (const [key, { diagnostic, units, others }] of earlier.#kept) {
      this.add(diagnostic);
      const mine = this.#kept.get(key);
      if (mine === undefined) continue;
      mine.units += units - 1;
      for (const place of others) mine.others.add(place);
    }
  }

  /** How many errors were added, kept or not, however often each: whether some were added since. */
  get errors(): number {
    return this.#errors;
  }

  /** The kept ones, each once, in the order of their discovery. */
  get kept(): readonly Diagnostic[] {
    return [...this.#kept.values()].map(told);
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

const countIn = (same: Kept, { foundIn, at }: Diagnostic): void => {
  if (foundIn !== null && foundIn.number !== same.last) {
    same.units += 1;
    same.last = foundIn.number;
  }
  const place = at === null ? null : placeText(at);
  if (place === null || same.others.size > otherPlaces) return;
  const first = same.diagnostic.at;
  if (first === null || place !== placeText(first)) same.others.add(place);
};

const placeText = ({ file, line }: Place): string => (line === 0 ? file : `${file}:${line}`);

/** Which run or row it was found in makes no other mistake of it. */
const ofOne = /\b(runs?|rows?) \d+(?: and \d+)?\b/g;

const keyOf = ({ severity, code, at, message, about }: Diagnostic): string =>
  about !== null
    ? JSON.stringify([severity, code, about])
    : JSON.stringify([
        severity,
        code,
        at === null ? null : [at.file, at.line, at.column, at.length],
        message.replace(ofOne, '$1'),
      ]);

const told = ({ diagnostic, units, others }: Kept): Diagnostic => {
  const message = counted(diagnostic, units);
  if (others.size === 0) return units === 1 ? diagnostic : { ...diagnostic, message };
  const named = [...others].slice(0, otherPlaces).join(', ');
  const also = `also in ${named}${others.size > otherPlaces ? ', …' : ''}`;
  return { ...diagnostic, message, notes: [...diagnostic.notes, also] };
};

const counted = ({ message, foundIn }: Diagnostic, units: number): string => {
  if (foundIn === null || units === 1) return message;
  const { unit } = foundIn;
  return message.search(ofOne) === -1
    ? `${message} (in ${units} ${unit}s)`
    : `${message} (and in ${units - 1} more ${unit}${units === 2 ? '' : 's'})`;
};
