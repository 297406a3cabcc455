import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, jsonText, parseJson } from '../../values/json-text.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { Bounds, Choice, Field, FieldKind, FieldRules } from '../../workflow/workflow.js';
import { anyValue } from '../../workflow/workflow.js';
import { fileParameter } from './file-parameter.js';
import { knownTypes, typeOf } from './parameter-type.js';
import type { ParameterType } from './parameter-type.js';

/**
 * A parameter as RunningHub publishes it: { fieldKey, type, required, defaultValue,
 * options: [{ value }], min, max, multipleInputs, … }, or as its documentation has it:
 * { key, type: NUMBER, default, options: ["…"] }. People write both by hand.
 *
 * @returns the field, or what is wrong with it.
 */
export const parameterOf = (node: string, item: Json): Field | string => {
  if (!isObject(item)) return 'a parameter is { fieldKey, type, … }';
  const name = nameOf(item);
  if (name === null) return 'a parameter has no fieldKey';
  const written = textOf(item.get('type')) ?? '';
  const type = typeOf(written);
  if (type === null)
    return `parameter "${name}" is of no known type: "${written}"; ${didYouMean(written, knownTypes) ?? `known: ${knownTypes.join(', ')}`}`;
  const options = optionsOf(item);
  const numeric = options.length > 0 && options.every(({ number }) => number);
  const files = fileParameter(name, type, item);
  const many = isMany(name, type, files !== null, item);
  const kind = kindFor(type, numeric, many);
  const choices = options.filter(({ value }) => value !== sentinel);
  const omittable = choices.length < options.length;
  const rules: FieldRules = {
    ...anyValue,
    choices: choices.length > 0 ? choices.map(({ value, label }) => ({ value, label })) : null,
    whole: type === 'INT',
    min: numberText(item.get('min') ?? item.get('minimum')),
    max: numberText(item.get('max') ?? item.get('maximum')),
    // Where "empty" may be chosen, leaving it out is a choice.
    required: isTrue(item.get('required')) && !omittable,
    length: boundsOf(item.get('minLength'), item.get('maxLength')),
    items: many ? itemsOf(item) : null,
    files: files?.rules ?? null,
    leftOut: omittable ? ['', sentinel] : [''],
  };
  const value = rules.required && hasDefault(type, kind) ? defaultOf(item) : null;
  return { node, name, value: fitting(value, kind), kind, file: files?.medium ?? null, rules };
};

/** What the site's forms offer for "do not send this"; it is no value (runninghub-api 19.1). */
const sentinel = 'empty';

/** Under what names people and pages write the name of a parameter. */
const nameOf = (item: JsonObject): string | null =>
  textOf(item.get('fieldKey') ?? item.get('key') ?? item.get('name') ?? item.get('fieldName'));

/**
 * Published defaults of texts and media are samples, which nobody wants to pay for
 * (runninghub-api 19.1): only numbers, switches and choices have one.
 */
const hasDefault = (type: ParameterType, kind: FieldKind): boolean =>
  kind !== 'list' && (type === 'INT' || type === 'FLOAT' || type === 'BOOLEAN' || type === 'LIST');

const defaultOf = (item: JsonObject): Json =>
  item.get('defaultValue') ?? item.get('default') ?? null;

/**
 * The service's own nodes send a list where a name ends so, whatever `multipleInputs` says
 * (runninghub-api 19.1); elsewhere the description decides.
 */
const isMany = (name: string, type: ParameterType, isFile: boolean, item: JsonObject): boolean =>
  type === 'ARRAY' ||
  isTrue(item.get('multipleInputs')) ||
  isTrue(item.get('payload_as_list')) ||
  (isFile && (/Urls$/.test(name) || name === 'videos'));

const kindFor = (type: ParameterType, numeric: boolean, many: boolean): FieldKind => {
  if (many) return 'list';
  switch (type) {
    case 'INT':
    case 'FLOAT':
      return 'number';
    case 'BOOLEAN':
      return 'boolean';
    case 'LIST':
      return numeric ? 'number' : 'text';
    case 'OBJECT':
      return 'object';
    case 'ARRAY':
    case 'AUDIO':
    case 'FILE':
    case 'IMAGE':
    case 'STRING':
    case 'VIDEO':
      return 'text';
  }
};

type Option = Choice & { readonly number: boolean };

/** A list of values or of { value, description }, seldom as a JSON text. */
const optionsOf = (item: JsonObject): Option[] => {
  const written = item.get('options') ?? item.get('enum');
  const read = typeof written === 'string' ? parseJson(written) : null;
  const options = read?.ok === true ? read.value : written;
  return options !== undefined && isList(options) ? options.map(optionOf) : [];
};

const optionOf = (option: Json): Option => {
  const value = isObject(option) ? (option.get('value') ?? null) : option;
  const about = isObject(option)
    ? (textOf(option.get('descriptionEn')) ?? textOf(option.get('description')))
    : null;
  const text =
    value instanceof JsonNumber
      ? value.source
      : typeof value === 'string'
        ? value
        : jsonText(value);
  return {
    value: text,
    label: about === null || about === text ? null : about,
    number: value instanceof JsonNumber,
  };
};

/** Types are strict (runninghub-api 7.4): a default of another type goes out as the right one. */
const fitting = (value: Json, kind: FieldKind): Json => {
  if (value === null || value === '' || value === sentinel) return null;
  if (kind === 'number' && typeof value === 'string')
    return /^-?\d+(?:\.\d+)?$/.test(value) ? new JsonNumber(value) : null;
  if (kind === 'text' && value instanceof JsonNumber) return value.source;
  if (kind === 'text' && typeof value === 'boolean') return String(value);
  if (kind === 'boolean' && typeof value === 'string')
    return /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : null;
  return value;
};

const boundsOf = (min: Json | undefined, max: Json | undefined): Bounds | null => {
  const bounds = { min: countOf(min), max: countOf(max) };
  return bounds.min === null && bounds.max === null ? null : bounds;
};

const itemsOf = (item: JsonObject): Bounds => ({
  min: countOf(item.get('minItems')),
  max: countOf(item.get('maxInputNum') ?? item.get('maxItems')),
});

const numberText = (value: Json | undefined): string | null => {
  const text = value instanceof JsonNumber ? value.source : textOf(value);
  return text !== null && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? text : null;
};

const countOf = (value: Json | undefined): number | null => {
  const text = numberText(value);
  const count = text === null ? NaN : Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : null;
};

const isTrue = (value: Json | undefined): boolean =>
  value === true || (typeof value === 'string' && /^true$/i.test(value.trim()));

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
