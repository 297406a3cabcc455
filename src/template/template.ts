import { error } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../diagnostics/nearest.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Datum } from '../values/datum.js';
import { absent, text as textDatum } from '../values/datum.js';
import type { Place } from '../values/place.js';
import type { Filter } from './filters.js';
import { applyFilter, checkFilter, filterNames } from './filters.js';

/** A text with `${{ name | filter(literal) }}` in it, taken apart once and evaluated per run. */
export interface Template {
  readonly source: string;
  readonly at: Place | null;
  readonly parts: readonly Part[];
}

type Part = { readonly is: 'text'; readonly text: string } | Expression;

interface Expression {
  readonly is: 'expression';
  /** `['size', 'w']`, `['vars', 'suffix']`, `['matrix', 'first image']`. */
  readonly path: readonly string[];
  readonly filters: readonly Filter[];
  /** As written between the braces. */
  readonly source: string;
  readonly at: Place | null;
}

/** What names mean for one run. */
export interface Scope {
  /** The value of a path; undefined when no such name exists at all. */
  lookup(path: readonly string[]): Datum | undefined;
}

export type Evaluated =
  | { readonly ok: true; readonly datum: Datum }
  | {
      readonly ok: false;
      readonly message: string;
      readonly hint: string | null;
      readonly at: Place | null;
      /** The path that has no value; absent: something else is wrong. */
      readonly missing?: readonly string[];
    };

/** Whether a text holds anything to evaluate, or an escaped `$${{`. */
export const hasTemplate = (text: string): boolean => text.includes('${{');

/** Takes a template apart; null (with all its mistakes in `problems`) when it is malformed. */
export const parseTemplate = (
  source: string,
  at: Place | null,
  problems: Problems,
): Template | null => {
  const before = problems.errors;
  const parts: Part[] = [];
  let rest = 0;
  let literal = '';
  for (let open = source.indexOf('${{', rest); open !== -1; open = source.indexOf('${{', rest)) {
    literal += source.slice(rest, open);
    if (literal.endsWith('$')) {
      // `$${{` is a literal `${{`.
      literal = `${literal.slice(0, -1)}\${{`;
      rest = open + 3;
      continue;
    }
    const close = closing(source, open + 3);
    if (close === -1) {
      problems.add(
        error('E0401', within(at, source, open, 3), '"${{" is never closed', {
          hint: 'close it with }}; a literal ${{ is written $${{',
        }),
      );
      return null;
    }
    if (literal !== '') parts.push({ is: 'text', text: literal });
    literal = '';
    const inner = source.slice(open + 3, close);
    const place = within(at, source, open, close + 2 - open);
    const expression = parseExpression(inner, place, problems);
    if (expression !== null) parts.push(expression);
    rest = close + 2;
  }
  literal += source.slice(rest);
  if (literal !== '') parts.push({ is: 'text', text: literal });
  return problems.errors > before ? null : { source, at, parts };
};

/** Where the braces close, outside of quotes. */
const closing = (source: string, from: number): number => {
  let quote: string | null = null;
  for (let at = from; at < source.length; at += 1) {
    const char = source[at];
    if (quote !== null) {
      if (char === quote) quote = null;
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '}' && source[at + 1] === '}') return at;
  }
  return source.indexOf('}}', from);
};

/** The stretch of the line that holds the expression, where it can be found there. */
const within = (at: Place | null, source: string, from: number, length: number): Place | null => {
  if (at?.text == null || at.column === 0) return at;
  const found = at.text.indexOf(source.slice(from, from + length), at.column - 1);
  return found === -1 ? at : { ...at, column: found + 1, length };
};

const identifier = /[\p{L}_][\p{L}\p{N}_-]*/uy;

/** `name.member['odd name'] | filter(literal) | filter` */
const parseExpression = (
  source: string,
  at: Place | null,
  problems: Problems,
): Expression | null => {
  const cursor = new Cursor(source);
  const wrong = (message: string, hint: string | null = null): null => {
    problems.add(error('E0401', at, message, { hint }));
    return null;
  };
  const path: string[] = [];
  const first = cursor.match(identifier);
  if (first === null)
    return wrong(
      `a name is expected in "${source.trim()}"`,
      "a column with blanks: matrix['first image']",
    );
  path.push(first);
  for (;;) {
    if (cursor.take('.')) {
      const member = cursor.match(identifier);
      if (member === null) return wrong(`a name is expected behind the dot in "${source.trim()}"`);
      path.push(member);
    } else if (cursor.take('[')) {
      const key = cursor.literal();
      if (key === null || !cursor.take(']'))
        return wrong(
          `"[" wants a quoted name and "]" in "${source.trim()}"`,
          "matrix['first image']",
        );
      path.push(key);
    } else break;
  }
  const filters: Filter[] = [];
  while (cursor.take('|')) {
    const name = cursor.match(identifier);
    if (name === null) return wrong(`a filter is expected behind "|" in "${source.trim()}"`);
    const args: string[] = [];
    if (cursor.take('(') && !cursor.take(')')) {
      do {
        const arg = cursor.literal();
        if (arg === null) return wrong(`${name}( ) wants literals, in quotes where they are text`);
        args.push(arg);
      } while (cursor.take(','));
      if (!cursor.take(')')) return wrong(`${name}( is never closed`);
    }
    const mistake = checkFilter(name, args);
    if (mistake !== null) {
      const hint = didYouMean(name, filterNames) ?? `filters: ${filterNames.join(', ')}`;
      problems.add(error('E0403', at, mistake, { hint }));
      return null;
    }
    filters.push({ name, args });
  }
  if (!cursor.atEnd)
    return wrong(
      `"${cursor.rest}" is not understood; templates have names and filters, no operators`,
      'prepare the value in the table, or in another column',
    );
  return { is: 'expression', path, filters, source: source.trim(), at };
};

class Cursor {
  #at = 0;

  constructor(private readonly text: string) {
    this.#blank();
  }

  get atEnd(): boolean {
    return this.#at === this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.#at).trim();
  }

  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    this.#blank();
    return found;
  }

  take(char: string): boolean {
    if (this.text[this.#at] !== char) return false;
    this.#at += 1;
    this.#blank();
    return true;
  }

  /** A quoted text or a bare number. */
  literal(): string | null {
    const quoted = this.match(/'[^']*'|"[^"]*"/y);
    return quoted === null ? this.match(/-?\d+(?:\.\d+)?/y) : quoted.slice(1, -1);
  }

  #blank(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at += 1;
  }
}

/** Every path that the template reads. */
export const templatePaths = (template: Template): readonly (readonly string[])[] =>
  template.parts.flatMap((part) => (part.is === 'expression' ? [part.path] : []));

/**
 * The value for one run. A template that is one expression keeps type and text; otherwise the
 * parts join to a text. What data contains is never looked at for templates again.
 */
export const evaluate = (template: Template, scope: Scope): Evaluated => {
  const [only, second] = template.parts;
  if (only?.is === 'expression' && second === undefined) return valueOf(only, scope);
  let joined = '';
  for (const part of template.parts) {
    if (part.is === 'text') {
      joined += part.text;
      continue;
    }
    const value = valueOf(part, scope);
    if (!value.ok) return value;
    const { datum } = value;
    if (datum.is === 'absent')
      return {
        ok: false,
        at: part.at,
        missing: part.path,
        message: `"${part.source}" is not given here`,
        hint: `\${{ ${part.source} | default('') }}`,
      };
    if (datum.is !== 'scalar')
      return {
        ok: false,
        at: part.at,
        message: `"${part.source}" is a ${datum.is}, which does not fit into a text`,
        hint: `\${{ ${part.source} | json }}`,
      };
    joined += datum.text;
  }
  return { ok: true, datum: textDatum(joined) };
};

const valueOf = (expression: Expression, scope: Scope): Evaluated => {
  let datum = scope.lookup(expression.path) ?? absent;
  const missing = datum.is === 'absent' ? { missing: expression.path } : {};
  for (const filter of expression.filters) {
    const result = applyFilter(filter, datum);
    if (!result.ok)
      return {
        ok: false,
        at: expression.at,
        ...missing,
        message: `"${expression.source}" ${result.why}`,
        hint: null,
      };
    datum = result.datum;
  }
  return { ok: true, datum };
};
