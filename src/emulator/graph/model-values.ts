import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import type { NamedModel } from './models.js';

/** A refusal of a body, as V2 codes have it. */
export interface Misfit {
  readonly code: 1007 | 1008;
  readonly msg: string;
}

/** Bytes of an upload of the account; null where it is not known. */
type SizeOf = (fileName: string) => number | null;

/**
 * What in a body does not fit the model's parameters; null: all fits. Types are strict: INT as a
 * number, BOOLEAN as a bool, LIST exact (API notes, section 7.4); the published limits hold for
 * each field (section 19.1). Fields that are not described are let through, such as `appCode`,
 * which the official nodes send.
 */
export const misfit = (
  { parameters }: NamedModel,
  body: JsonObject,
  sizeOf: SizeOf,
): Misfit | null => {
  if (parameters === null && body.size === 0) return invalid('the body is empty');
  const prompt = body.get('prompt');
  if (prompt !== undefined && (typeof prompt !== 'string' || prompt.trim() === ''))
    return invalid('prompt cannot be empty');
  for (const parameter of parameters ?? []) {
    const name = keyOf(parameter);
    const value = body.get(name);
    if (value === undefined || value === null || value === '') {
      if (parameter.get('required') === true) return invalid(`${name} cannot be empty`);
      continue;
    }
    const wrong = unfit(value, parameter, name, sizeOf);
    if (wrong !== null) return wrong;
  }
  return null;
};

const invalid = (why: string): Misfit => ({ code: 1007, msg: `Invalid parameters: ${why}` });

/** The registry says `fieldKey`, pages of the documentation say `name` or `key`. */
const keyOf = (parameter: JsonObject): string =>
  word(parameter.get('fieldKey') ?? parameter.get('name') ?? parameter.get('key'));

const unfit = (value: Json, parameter: JsonObject, name: string, sizeOf: SizeOf): Misfit | null => {
  if (!hasType(value, parameter, name)) return invalid(`${name} is not valid`);
  if (value instanceof JsonNumber) {
    const [least, most] = [numberOf(parameter.get('min')), numberOf(parameter.get('max'))];
    const number = Number(value.source);
    if (least !== null && number < least) return invalid(`${name} must be at least ${least}`);
    if (most !== null && number > most) return invalid(`${name} must be at most ${most}`);
  }
  const longest = numberOf(parameter.get('maxLength'));
  if (typeof value === 'string' && longest !== null && longest > 0 && value.length > longest)
    return invalid(`${name} is longer than ${longest}`);
  const items = isList(value) ? value : [value];
  const most = numberOf(parameter.get('maxInputNum'));
  if (most !== null && items.length > most) return invalid(`${name} takes at most ${most} files`);
  const megabytes = numberOf(parameter.get('maxSize'));
  return isMedia(parameter) &&
    megabytes !== null &&
    items.some((item) => bytesOf(item, sizeOf) > megabytes * 1024 * 1024)
    ? { code: 1008, msg: 'File size limit exceeded' }
    : null;
};

const hasType = (value: Json, parameter: JsonObject, name: string): boolean => {
  const several = takesList(parameter, name);
  switch (typeOf(parameter)) {
    case 'INT':
    case 'INTEGER':
      return value instanceof JsonNumber && /^-?\d+$/.test(value.source);
    case 'FLOAT':
    case 'NUMBER':
      return value instanceof JsonNumber;
    case 'BOOLEAN':
    case 'BOOL':
      return typeof value === 'boolean';
    case 'LIST':
    case 'ENUM':
      return isOption(value, parameter.get('options') ?? parameter.get('enum'));
    default:
      if (isList(value)) return several !== 'never' && value.length > 0 && value.every(isText);
      return several !== 'always' && isText(value);
  }
};

/**
 * Official clients send a list where the name ends in `Urls` or is `videos`, and the registry has
 * `multipleInputs`; where the two disagree either form is taken. What the private registry calls
 * `payload_as_list` is one (API notes, section 19.1).
 */
const takesList = (parameter: JsonObject, name: string): 'always' | 'never' | 'either' => {
  if (parameter.get('payload_as_list') === true) return 'always';
  const byName = /Urls$/.test(name) || name === 'videos';
  const byFlag = parameter.get('multipleInputs') === true;
  if (!isMedia(parameter)) return byFlag ? 'either' : 'never';
  return byName === byFlag ? (byName ? 'always' : 'never') : 'either';
};

/** `empty` is what forms show for "leave it out", and is never sent (API notes, section 19.1). */
const isOption = (value: Json, options: Json | undefined): boolean => {
  if (value === 'empty') return false;
  if (options === undefined || !isList(options) || options.length === 0) return true;
  return options.some((one) => same(isObject(one) ? (one.get('value') ?? null) : one, value));
};

/** Media are public links, data URIs, assets, or the links of uploads: never names of files. */
export const notALink = ({ parameters }: NamedModel, body: JsonObject): boolean => {
  const media = new Set((parameters ?? []).filter(isMedia).map(keyOf));
  return [...body].some(([name, value]) => {
    if (!media.has(name) && !/urls?$/i.test(name)) return false;
    if (value === null || value === '') return false;
    const links = isList(value) ? value : [value];
    return !links.every(
      (link) => typeof link === 'string' && /^(?:https?:\/\/|data:|asset:\/\/)/.test(link),
    );
  });
};

/** Of our own uploads and of data URIs; what lies elsewhere is not looked at: 0. */
const bytesOf = (link: Json, sizeOf: SizeOf): number => {
  if (typeof link !== 'string') return 0;
  if (link.startsWith('data:')) return Math.floor((link.length - link.indexOf(',') - 1) * 0.75);
  const fileName = /\/input\/(openapi\/[^?#]+)/.exec(link)?.[1];
  return fileName === undefined ? 0 : (sizeOf(fileName) ?? 0);
};

const isMedia = (parameter: JsonObject): boolean =>
  ['IMAGE', 'VIDEO', 'AUDIO'].includes(typeOf(parameter));

const typeOf = (parameter: JsonObject): string =>
  word(parameter.get('type') ?? parameter.get('fieldType')).toUpperCase();

const isText = (value: Json): boolean => typeof value === 'string';

const same = (a: Json, b: Json): boolean =>
  a instanceof JsonNumber && b instanceof JsonNumber ? a.source === b.source : a === b;

const numberOf = (value: Json | undefined): number | null => {
  const text = value instanceof JsonNumber ? value.source : value;
  return typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text))
    ? Number(text)
    : null;
};

const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
