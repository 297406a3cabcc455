import type { Batch, Run } from '../batch.js';
import { compareNumbers, compareValues } from '../values/order.js';
import { factsToFind } from './facts.js';
import type { Operator, Query, Term } from './parse.js';
import { parseSearch } from './parse.js';

export type Question = (run: Run) => boolean;

export interface Search {
  /** All of them are true of a run that is shown. */
  readonly questions: readonly Question[];
  /** Names that nothing has: they were looked for as texts. */
  readonly unknownNames: readonly string[];
}

/** The texts that a name stands for in a run. */
type Named = (run: Run) => readonly string[];

/** Turns what is typed into the search field into questions. */
export const makeSearch = (batch: Batch): ((text: string) => Search) => {
  const lettersOf = lettersOnce();
  const named = namesOf(batch);
  return (text) => {
    const query = parseSearch(text, (name) => named(name) !== null);
    const questionOf = (term: Term): Question => {
      const values = term.is === 'value' ? named(term.name) : null;
      const question =
        term.is === 'value' && values !== null
          ? comparison(values, term.operator, term.values)
          : hasText(lettersOf, term.is === 'value' ? [term.typed] : term.texts);
      return term.not ? (run) => !question(run) : question;
    };
    return {
      questions: query.map((group) => {
        const questions = group.map(questionOf);
        return (run) => questions.some((question) => question(run));
      }),
      unknownNames: unknownIn(query, named),
    };
  };
};

/** A text with a colon in it is more often a text than a slip in a name. */
const unknownIn = (query: Query, named: (name: string) => Named | null): readonly string[] =>
  query
    .flat()
    .flatMap((term) =>
      term.is === 'value' && term.operator !== ':' && named(term.name) === null ? [term.name] : [],
    );

/** By the whole name first, then by its last part, then by what else is known of a run. */
const namesOf = ({ columns }: Batch): ((name: string) => Named | null) => {
  const known = new Map<string, Named | null>();
  const find = (wanted: string): Named | null => {
    const whole = columns.filter(({ name }) => name.toLowerCase() === wanted);
    const short = columns.filter((column) => column.short.toLowerCase() === wanted);
    // A variable comes before the field that it is bound to.
    const found = whole.length > 0 ? whole : own(short);
    if (found.length > 0)
      return (run) => found.map(({ of }) => of(run)).filter((value) => value !== null);
    return factsToFind.get(wanted) ?? null;
  };
  return (name) => {
    const wanted = name.trim().toLowerCase();
    const before = known.get(wanted);
    if (before !== undefined) return before;
    const found = find(wanted);
    known.set(wanted, found);
    return found;
  };
};

const own = (columns: Batch['columns']): Batch['columns'] => {
  const telling = columns.filter(({ repeats }) => !repeats);
  return telling.length > 0 ? telling : columns;
};

const comparison = (named: Named, operator: Operator, wanted: readonly string[]): Question => {
  const lower = wanted.map((text) => text.toLowerCase());
  const some = (fits: (value: string, text: string) => boolean): Question => {
    return (run) => {
      const values = named(run);
      // `style=` asks for runs without it.
      if (values.length === 0) return (operator === '=' || operator === '!=') && lower.includes('');
      return values.some((value) => lower.some((text) => fits(value.toLowerCase(), text)));
    };
  };
  switch (operator) {
    case '=':
      return some(isSame);
    case '!=': {
      const same = some(isSame);
      return (run) => !same(run);
    }
    case '~':
    case ':':
      return some((value, text) => value.includes(text));
    case '!~': {
      const part = some((value, text) => value.includes(text));
      return (run) => !part(run);
    }
    case '<':
      return some((value, text) => compareValues(value, text) < 0);
    case '<=':
      return some((value, text) => compareValues(value, text) <= 0);
    case '>':
      return some((value, text) => compareValues(value, text) > 0);
    case '>=':
      return some((value, text) => compareValues(value, text) >= 0);
  }
};

/** `7.0` is `7`. */
const isSame = (value: string, text: string): boolean =>
  value === text || compareNumbers(value, text) === 0;

const hasText = (lettersOf: (run: Run) => string, texts: readonly string[]): Question => {
  const wanted = texts.map((text) => text.toLowerCase());
  return (run) => wanted.some((text) => lettersOf(run).includes(text));
};

/** Texts are put together once: every letter typed goes over all runs. */
const lettersOnce = (): ((run: Run) => string) => {
  const letters = new WeakMap<Run, string>();
  return (run) => {
    const known = letters.get(run);
    if (known !== undefined) return known;
    const made = searchable(run);
    letters.set(run, made);
    return made;
  };
};

const searchable = (run: Run): string =>
  [
    run.name,
    run.id,
    run.task,
    run.row,
    run.status,
    ...(run.tags ?? []),
    ...run.values,
    ...run.overrides.map(([, text]) => text),
    ...run.outputs.map(({ name }) => name),
    run.error === undefined
      ? undefined
      : [run.error.node, run.error.code, run.error.message].join(' '),
  ]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('\n')
    .toLowerCase();
