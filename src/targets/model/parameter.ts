import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { Choice, Field, FieldKind, FieldRules, Medium } from '../../workflow/workflow.js';

const media: ReadonlyMap<string, Medium> = new Map([
  ['IMAGE', 'image'],
  ['VIDEO', 'video'],
  ['AUDIO', 'audio'],
  ['FILE', 'any'],
]);
const types = ['STRING', 'INT', 'FLOAT', 'BOOLEAN', 'LIST', ...media.keys()];

/**
 * A parameter in RunningHub's published form: { fieldKey, type, required, defaultValue,
 * options: [{ value }], min, max, multipleInputs }. `name`, `default` and `enum` are taken too,
 * since people write descriptions by hand.
 *
 * @returns the field, or what is wrong with it.
 */
export const parameterOf = (node: string, item: Json): Field | string => {
  if (!isObject(item)) return 'a parameter is { fieldKey, type, … }';
  const name = textOf(item.get('fieldKey') ?? item.get('name'));
  if (name === null) return 'a parameter has no fieldKey';
  const written = textOf(item.get('type')) ?? '';
  const type = written.toUpperCase();
  if (!types.includes(type))
    return `parameter "${name}" is of no known type: "${written}"; ${didYouMean(written, types) ?? `known: ${types.join(', ')}`}`;
  const options = item.get('options') ?? item.get('enum');
  const choices = options !== undefined && isList(options) ? options.map(choiceOf) : [];
  const numeric = choices.length > 0 && choices.every(({ number }) => number);
  const medium = media.get(type) ?? null;
  const many = medium !== null && item.get('multipleInputs') === true;
  const kind = kindFor(type, numeric, many);
  const rules: FieldRules = {
    choices: choices.length > 0 ? choices.map(({ value, label }) => ({ value, label })) : null,
    whole: type === 'INT',
    min: numberText(item.get('min')),
    max: numberText(item.get('max')),
    required: item.get('required') === true,
  };
  // Only what must be sent anyway: published defaults of the others are samples.
  const value = rules.required ? (item.get('defaultValue') ?? item.get('default') ?? null) : null;
  return { node, name, value: fitting(value, kind), kind, file: medium, rules };
};

const kindFor = (type: string, numeric: boolean, many: boolean): FieldKind => {
  switch (type) {
    case 'INT':
    case 'FLOAT':
      return 'number';
    case 'BOOLEAN':
      return 'boolean';
    case 'LIST':
      return numeric ? 'number' : 'text';
    default:
      return many ? 'list' : 'text';
  }
};

const choiceOf = (option: Json): Choice & { readonly number: boolean } => {
  const value = isObject(option) ? (option.get('value') ?? null) : option;
  const about = isObject(option)
    ? (textOf(option.get('descriptionEn')) ?? textOf(option.get('description')))
    : null;
  const text = value instanceof JsonNumber ? value.source : typeof value === 'string' ? value : '';
  return {
    value: text,
    label: about === null || about === text ? null : about,
    number: value instanceof JsonNumber,
  };
};

/** Types are strict (runninghub-api 7.4): a default of another type goes out as the right one. */
const fitting = (value: Json, kind: FieldKind): Json => {
  if (value === null || value === '') return null;
  if (kind === 'number' && typeof value === 'string')
    return /^-?\d+(?:\.\d+)?$/.test(value) ? new JsonNumber(value) : null;
  if (kind === 'text' && value instanceof JsonNumber) return value.source;
  if (kind === 'boolean' && typeof value === 'string')
    return value === 'true' ? true : value === 'false' ? false : null;
  if (kind === 'list' && !isList(value)) return [value];
  return value;
};

const numberText = (value: Json | undefined): string | null =>
  value instanceof JsonNumber ? value.source : null;

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
