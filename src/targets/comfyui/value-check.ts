import { didYouMean } from '../../diagnostics/nearest.js';
import { compareDecimals, parseDecimal } from '../../values/decimal.js';
import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import type { InputType } from './node-table.js';

export interface Mistake {
  readonly message: string;
  readonly hint: string | null;
}

const shownChoices = 12;

/** What a server would say of a value (comfyui-api 2.2, 2.4); null: it takes it. */
export const mistakeIn = (json: Json, type: InputType): Mistake | null => {
  switch (type.is) {
    case 'choice':
      return type.open ? null : choiceMistake(json, type.choices);
    case 'number':
      return numberMistake(json, type);
    case 'other':
      return null;
  }
};

const choiceMistake = (json: Json, choices: readonly Json[]): Mistake | null => {
  if (choices.some((choice) => isSame(choice, json))) return null;
  const names = choices.map((choice) => (typeof choice === 'string' ? choice : jsonText(choice)));
  const word = typeof json === 'string' ? json : jsonText(json);
  const shown = names.slice(0, shownChoices).join(', ');
  const more = names.length > shownChoices ? `, and ${names.length - shownChoices} more` : '';
  return {
    message: `"${word}" is none of what the server has for it`,
    hint:
      names.length === 0
        ? 'the server has none at all: is a model missing?'
        : (didYouMean(word, names) ?? `it has: ${shown}${more}`),
  };
};

/** By type and case, as Python compares: 1 is 1.0 and not "1". */
const isSame = (a: Json, b: Json): boolean => {
  if (a instanceof JsonNumber && b instanceof JsonNumber)
    return Number(a.source) === Number(b.source);
  return a === b;
};

const numberMistake = (
  json: Json,
  { whole, min, max }: InputType & { readonly is: 'number' },
): Mistake | null => {
  const written =
    json instanceof JsonNumber ? json.source : typeof json === 'string' ? json.trim() : null;
  if (typeof json === 'boolean') return null;
  const text = written?.replace(/(?<=\d)_(?=\d)/g, '') ?? '';
  const isText = typeof json === 'string';
  // A fraction is cut off where it comes as a number, and refused where it comes as a text.
  const form = whole && isText ? /^[+-]?\d+$/ : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
  if (!form.test(text)) {
    if (!whole && /^[+-]?(?:nan|inf|infinity)$/i.test(text)) return null;
    return {
      message: `${jsonText(json)} is no ${whole ? 'whole number' : 'number'}`,
      hint: null,
    };
  }
  const value = parseDecimal(text.replace(/^\+/, ''));
  if (value === null) return null;
  const low = min === null ? null : parseDecimal(min);
  const high = max === null ? null : parseDecimal(max);
  if (low !== null && compareDecimals(value, low) < 0)
    return { message: `${text} is smaller than ${min ?? ''}, the least that it takes`, hint: null };
  if (high !== null && compareDecimals(value, high) > 0)
    return { message: `${text} is bigger than ${max ?? ''}, the most that it takes`, hint: null };
  return null;
};
