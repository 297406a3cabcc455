import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { kindOf } from '../../workflow/parse.js';
import type { Choice, Field, FieldRules, Medium } from '../../workflow/workflow.js';
import { anyValue } from '../../workflow/workflow.js';

/** What an entry of nodeInfoList tells of its field by fieldType and fieldData (runninghub-api 2.4). */
export const fieldTypeOf = (
  entry: JsonObject,
): Pick<Field, 'kind' | 'file' | 'rules' | 'value'> => {
  const value = entry.get('fieldValue') ?? null;
  const data = fieldData(entry.get('fieldData'));
  const type = entry.get('fieldType');
  switch (typeof type === 'string' ? type.toUpperCase() : '') {
    case 'IMAGE':
      return media(value, 'image');
    case 'VIDEO':
      return media(value, 'video');
    case 'AUDIO':
      return media(value, 'audio');
    case 'INT':
      return number(value, { ...rangeOf(data), whole: true });
    case 'FLOAT':
      return number(value, { ...rangeOf(data), whole: false });
    case 'BOOLEAN':
      return { value: booleanOf(value), kind: 'boolean', file: null, rules: null };
    case 'LIST':
    case 'SWITCH': {
      const choices = choicesOf(data);
      const rules = choices.length === 0 ? null : { ...anyValue, choices };
      return { value: asText(value), kind: 'text', file: null, rules };
    }
    case 'STRING':
      return { value: asText(value), kind: 'text', file: null, rules: null };
    default: {
      const kind = kindOf(value);
      return { value, kind: kind === 'null' ? 'text' : kind, file: null, rules: null };
    }
  }
};

type Typed = ReturnType<typeof fieldTypeOf>;

const media = (value: Json, file: Medium): Typed => ({
  value: asText(value),
  kind: 'text',
  file,
  rules: null,
});

const number = (value: Json, rules: FieldRules): Typed => ({
  value: numberOf(value),
  kind: 'number',
  file: null,
  rules,
});

/** Numbers come as texts too; what is none is no value. */
const numberOf = (value: Json): Json => {
  if (value instanceof JsonNumber) return value;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim())
    ? new JsonNumber(value.trim())
    : null;
};

const booleanOf = (value: Json): Json =>
  typeof value === 'string' && /^(?:true|false)$/i.test(value.trim())
    ? /^true$/i.test(value.trim())
    : typeof value === 'boolean'
      ? value
      : null;

const asText = (value: Json): Json => (value instanceof JsonNumber ? value.source : value);

/** A JSON text, seldom the list itself. */
const fieldData = (value: Json | undefined): readonly Json[] => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  const data = read?.ok === true ? read.value : value;
  return data !== undefined && isList(data) ? data : [];
};

/** Author-made entries, of which `index` is sent, or ComfyUI's own `[["a", "b"], { … }]`. */
const choicesOf = (data: readonly Json[]): Choice[] => {
  const [first, options] = data;
  if (first !== undefined && isList(first)) return first.flatMap(plainChoice);
  if (first === 'COMBO' && isObject(options)) {
    const list = options.get('options');
    return list !== undefined && isList(list) ? list.flatMap(plainChoice) : [];
  }
  return data.flatMap((entry) => {
    if (!isObject(entry)) return [];
    const value = scalarText(entry.get('index'));
    const label = scalarText(entry.get('description')) ?? scalarText(entry.get('name'));
    return value === null ? [] : [{ value, label: label === value ? null : label }];
  });
};

const plainChoice = (item: Json): Choice[] => {
  const value = scalarText(item);
  return value === null ? [] : [{ value, label: null }];
};

const scalarText = (value: Json | undefined): string | null =>
  value instanceof JsonNumber ? value.source : typeof value === 'string' ? value : null;

/** ComfyUI's `["INT", { "min": 1, "max": 8 }]`. */
const rangeOf = (data: readonly Json[]): FieldRules => {
  const options = data[1];
  const limit = (name: string): string | null => {
    const value = isObject(options) ? options.get(name) : undefined;
    return value instanceof JsonNumber ? value.source : null;
  };
  return { ...anyValue, min: limit('min'), max: limit('max') };
};
