import { error } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../diagnostics/nearest.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Evaluated, Scope, Template } from './template.js';
import { evaluate, hasTemplate, parseTemplate } from './template.js';
import type { Datum } from '../values/datum.js';
import type { Place } from '../values/place.js';

/** A written value with its templates taken apart: evaluated once per run. */
export type Expression =
  | {
      readonly is: 'plain';
      readonly datum: Datum;
      /** Of a text that may hold templates; null: it means exactly what it says. */
      readonly at: Place | null;
    }
  | { readonly is: 'template'; readonly template: Template }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'map'; readonly entries: ReadonlyMap<string, Expression> };

/** Takes a value apart. Below the verb `value` nothing is a template: it means exactly what it says. */
export const compile = (datum: Datum, at: Place | null, problems: Problems): Expression => {
  switch (datum.is) {
    case 'absent':
      return { is: 'plain', datum, at: null };
    case 'scalar': {
      if (!hasTemplate(datum.text)) return { is: 'plain', datum, at };
      const template = parseTemplate(datum.text, at, problems);
      return template === null ? { is: 'plain', datum, at: null } : { is: 'template', template };
    }
    case 'list':
      return { is: 'list', items: datum.items.map((item) => compile(item, at, problems)) };
    case 'map': {
      if (datum.entries.size === 1 && datum.entries.has('value'))
        return { is: 'plain', datum, at: null };
      return {
        is: 'map',
        entries: new Map(
          [...datum.entries].map(([key, value]) => [key, compile(value, at, problems)]),
        ),
      };
    }
  }
};

export interface PathRead {
  readonly path: readonly string[];
  readonly at: Place | null;
  /** Something else is written where it has no value. */
  readonly optional: boolean;
}

/** Every path that the value's templates read, with the place of each. */
export const pathsOf = (expression: Expression): readonly PathRead[] => {
  switch (expression.is) {
    case 'plain':
      return [];
    case 'template':
      return expression.template.parts.flatMap((part) =>
        part.is === 'expression'
          ? [
              {
                path: part.path,
                at: part.at,
                optional: part.filters.some(({ name }) => name === 'default'),
              },
            ]
          : [],
      );
    case 'list':
      return expression.items.flatMap(pathsOf);
    case 'map':
      return [...expression.entries.values()].flatMap(pathsOf);
  }
};

export const evaluateValue = (expression: Expression, scope: Scope): Evaluated => {
  switch (expression.is) {
    case 'plain':
      return { ok: true, datum: expression.datum };
    case 'template':
      return evaluate(expression.template, scope);
    case 'list': {
      const items: Datum[] = [];
      for (const item of expression.items) {
        const value = evaluateValue(item, scope);
        if (!value.ok) return value;
        items.push(value.datum);
      }
      return { ok: true, datum: { is: 'list', items } };
    }
    case 'map': {
      const entries = new Map<string, Datum>();
      for (const [key, item] of expression.entries) {
        const value = evaluateValue(item, scope);
        if (!value.ok) return value;
        entries.set(key, value.datum);
      }
      return { ok: true, datum: { is: 'map', entries } };
    }
  }
};

/** The one path of a template that is nothing but it; null for all else. */
export const onlyPath = (expression: Expression): readonly string[] | null => {
  if (expression.is !== 'template') return null;
  const [only, second] = expression.template.parts;
  return only?.is === 'expression' && second === undefined ? only.path : null;
};

export const unknownName = (
  path: readonly string[],
  at: Place | null,
  known: readonly string[],
): ReturnType<typeof error> => {
  const written = path.join('.');
  return error('E0402', at, `there is no "${written}" to read here`, {
    hint: didYouMean(written, known) ?? `known: ${known.slice(0, 12).join(', ')}`,
  });
};
