import type { Code } from './codes.js';
import type { Place } from '../values/place.js';

export type Severity = 'error' | 'warning' | 'notice';

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
}

export interface DiagnosticDetails {
  readonly notes?: readonly string[];
  readonly hint?: string | null;
  readonly related?: Diagnostic['related'];
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
  });

export const error = make('error');
export const warning = make('warning');
export const notice = make('notice');
