import type { Code } from './codes.js';
import type { Place } from '../values/place.js';

export type Severity = 'error' | 'warning' | 'notice';

/** A run of the batch, or a row of a table, by its number. */
export interface FoundIn {
  readonly unit: 'run' | 'row';
  readonly number: number;
}

/** One mistake of a user, a file or the service, as data. Never an exception. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** One sentence, no final stop: what is wrong and what was expected. */
  readonly message: string;
  readonly at: Place | null;
  /** Lines shown under the excerpt, such as the candidates of an ambiguous address. */
  readonly notes: readonly string[];
  /** What to write or run; can be pasted. */
  readonly hint: string | null;
  /** Other places that take part, such as the first of two bindings. */
  readonly related: readonly { readonly message: string; readonly at: Place }[];
  /** Where it was found, if others may have the same mistake; null: it is one, however often it is met. */
  readonly foundIn: FoundIn | null;
  /** What is wrong wherever it is named, such as a file: told once. null: each place is a mistake. */
  readonly about: string | null;
}

export interface DiagnosticDetails {
  readonly notes?: readonly string[];
  readonly hint?: string | null;
  readonly related?: Diagnostic['related'];
  readonly foundIn?: FoundIn | null;
  readonly about?: string | null;
}

const make =
  (severity: Severity) =>
  (code: Code, at: Place | null, message: string, details: DiagnosticDetails = {}): Diagnostic => ({
    code,
    severity,
    message,
    at,
    notes: details.notes ?? [],
    hint: details.hint ?? null,
    related: details.related ?? [],
    foundIn: details.foundIn ?? null,
    about: details.about ?? null,
  });

export const inRun = (number: number): FoundIn => ({ unit: 'run', number });

export const error = make('error');
export const warning = make('warning');
export const notice = make('notice');
