import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';

/**
 * What in a body does not fit the described parameters; null: all fits. Types are strict:
 * INT as a number, BOOLEAN as a bool, LIST exact (runninghub-api 7.4).
 */
export const misfit = (described: string, path: string, body: JsonObject): string | null => {
  const params = paramsOf(described, path);
  for (const param of params) {
    const name = word(param.get('fieldKey') ?? param.get('name'));
    const value = body.get(name);
    if (value === undefined || value === null || value === '') {
      if (param.get('required') === true) return `${name} cannot be empty`;
    } else if (!fits(value, param)) return `${name} is not valid`;
  }
  return null;
};

const paramsOf = (described: string, path: string): JsonObject[] => {
  const read = parseJson(described);
  const value = read.ok ? read.value : null;
  const models = isObject(value) ? (value.get('models') ?? [value]) : value;
  const found = (models !== null && isList(models) ? models : []).find(
    (model) => isObject(model) && [path, ''].includes(word(model.get('endpoint'))),
  );
  const params = isObject(found) ? (found.get('params') ?? found.get('parameters')) : undefined;
  return params !== undefined && isList(params) ? params.filter((one) => isObject(one)) : [];
};

const fits = (value: Json, param: JsonObject): boolean => {
  const options = param.get('options') ?? param.get('enum');
  switch (word(param.get('type'))) {
    case 'INT':
      return value instanceof JsonNumber && /^-?\d+$/.test(value.source);
    case 'FLOAT':
      return value instanceof JsonNumber;
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'LIST':
      return (
        options === undefined ||
        !isList(options) ||
        options.some((one) => same(isObject(one) ? (one.get('value') ?? null) : one, value))
      );
    case 'IMAGE':
    case 'VIDEO':
    case 'AUDIO':
      return isMany(param) ? isList(value) : typeof value === 'string';
    default:
      return param.get('multipleInputs') === true
        ? isList(value) && value.every((one) => typeof one === 'string')
        : typeof value === 'string';
  }
};

/** Several links, and so a list: by the name, too, whatever the flag says (runninghub-api 19.1). */
const isMany = (param: JsonObject): boolean =>
  param.get('multipleInputs') === true || /(?:Urls|^videos)$/.test(word(param.get('fieldKey')));

const same = (a: Json, b: Json): boolean =>
  a instanceof JsonNumber && b instanceof JsonNumber ? a.source === b.source : a === b;

/** Media are public URLs, data URIs or the links of uploads: never names of files. */
export const allLinks = (body: JsonObject): boolean =>
  [...body].every(([name, value]) => {
    if (!/urls?$/i.test(name)) return true;
    const links = isList(value) ? value : [value];
    return links.every(
      (link) => typeof link === 'string' && /^(?:https?:\/\/|asset:\/\/|data:)/.test(link),
    );
  });

const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
