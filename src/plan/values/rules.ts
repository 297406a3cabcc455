import { nearest } from '../../diagnostics/nearest.js';
import { count as amount } from '../../values/amounts.js';
import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList } from '../../values/json-text.js';
import type { Choice, FieldRules } from '../../workflow/workflow.js';
import { compareDecimals, parseDecimal } from '../../values/decimal.js';

export interface BrokenRule {
  /** Goes on behind the address: `takes 16:9 or 1:1, not "4:3"`. */
  readonly message: string;
  readonly hint: string | null;
  readonly notes: readonly string[];
}

const maxShown = 12;

/** What a value breaks of what the service tells of its field; null: nothing. */
export const brokenRule = (json: Json, rules: FieldRules): BrokenRule | null => {
  if (isList(json)) return brokenCount(json.length, rules);
  const text = json instanceof JsonNumber ? json.source : typeof json === 'string' ? json : null;
  if (text === null) return null;
  if (rules.choices !== null) return noChoice(text, rules.choices);
  return json instanceof JsonNumber ? outOfRange(text, rules) : brokenLength(text, rules);
};

/** What a list of so many values breaks; null: nothing. */
export const brokenCount = (count: number, { items }: FieldRules): BrokenRule | null => {
  if (items === null) return null;
  const { min, max } = items;
  if (max !== null && count > max)
    return plain(`takes at most ${amount(max, 'value')}, not ${count}`);
  return min !== null && count < min
    ? plain(`takes at least ${amount(min, 'value')}, not ${count}`)
    : null;
};

/** In characters as people count them: where the service counts otherwise, it is the judge. */
const brokenLength = (text: string, { length }: FieldRules): BrokenRule | null => {
  if (length === null) return null;
  const { min, max } = length;
  if (max !== null && text.length > max) {
    const count = Array.from(text).length;
    if (count > max) return plain(`takes at most ${amount(max, 'character')}, not ${count}`);
  }
  return min !== null && text.length < min
    ? plain(`takes at least ${min} characters, not ${text.length}`)
    : null;
};

const plain = (message: string): BrokenRule => ({ message, hint: null, notes: [] });

const noChoice = (text: string, choices: readonly Choice[]): BrokenRule | null => {
  if (choices.some(({ value }) => value === text)) return null;
  const shown = choices.slice(0, maxShown).map(({ value, label }) => {
    return label === null ? value : `${value} (${label})`;
  });
  const more = choices.length - shown.length;
  return {
    message: `has no choice "${text}"`,
    notes: [`it takes ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`],
    hint: hintFor(text, choices),
  };
};

/** People write what they see; what is sent may be another text. */
const hintFor = (text: string, choices: readonly Choice[]): string | null => {
  const meant = choices.find(({ label }) => label === text);
  if (meant !== undefined) return `write ${meant.value}`;
  const words = new Map<string, string>();
  for (const { value, label } of choices) {
    words.set(value, value);
    if (label !== null) words.set(label, value);
  }
  const [near] = nearest(text, words.keys());
  return near === undefined ? null : `did you mean ${words.get(near) ?? near}?`;
};

const outOfRange = (text: string, { min, max }: FieldRules): BrokenRule | null => {
  const value = parseDecimal(text);
  const [least, most] = [min, max].map((limit) => (limit === null ? null : parseDecimal(limit)));
  if (value === null) return null;
  const below = least != null && compareDecimals(value, least) < 0;
  const above = most != null && compareDecimals(value, most) > 0;
  if (!below && !above) return null;
  const range =
    min !== null && max !== null
      ? `from ${min} to ${max}`
      : min !== null
        ? `from ${min}`
        : `up to ${max ?? ''}`;
  return plain(`takes numbers ${range}, not ${text}`);
};
