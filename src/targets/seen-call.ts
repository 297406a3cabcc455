import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import type { ManifestKey, SeenCall, SeenTask, SentField } from './target.js';

/** What `nodeInfoList` of a submit call sets (runninghub-api 2.2); entries of no use are left out. */
const seenValues = (body: JsonObject): readonly SentField[] =>
  listOf(body).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const node = textOf(entry.get('nodeId'));
    const field = textOf(entry.get('fieldName'));
    const json = entry.get('fieldValue') ?? null;
    return node === null || field === null || json === null ? [] : [{ node, field, json }];
  });

export const listOf = (body: JsonObject): readonly Json[] => {
  const list = body.get('nodeInfoList');
  return list !== undefined && isList(list) ? list : [];
};

/** The options of a submit call, by the names that a manifest has for them. */
const options: Readonly<
  Record<string, { readonly key: string; readonly is: 'text' | 'flag' | 'number' }>
> = {
  instanceType: { key: 'instance', is: 'text' },
  addMetadata: { key: 'addMetadata', is: 'flag' },
  webhookUrl: { key: 'webhookUrl', is: 'text' },
  usePersonalQueue: { key: 'usePersonalQueue', is: 'flag' },
  retainSeconds: { key: 'retainSeconds', is: 'number' },
};

/** `known`: members that say what runs. `takes`: `TargetSyntax.takes`. */
export const seenTask = (
  id: string,
  { body }: SeenCall,
  known: readonly string[],
  takes: readonly string[],
  file: Json | null = null,
): SeenTask => {
  const kept: ManifestKey[] = [];
  const left: string[] = [];
  for (const [member, value] of body) {
    if (isKey(member) || member === 'nodeInfoList' || known.includes(member)) continue;
    const option = Object.hasOwn(options, member) ? options[member] : undefined;
    const read = option === undefined ? null : optionValue(value, option.is);
    if (read === null || option === undefined || !takes.includes(option.key)) left.push(member);
    else kept.push([option.key, read]);
  }
  return { id, values: seenValues(body), options: kept, file, left };
};

/** Where the old endpoints want the key (runninghub-api 1.3). */
const isKey = (member: string): boolean => /^api_?key$/i.test(member);

/** Samples send flags as texts, too (runninghub-api 2.2). null: nothing that a manifest takes. */
const optionValue = (value: Json, is: 'text' | 'flag' | 'number'): Json => {
  const text = textOf(value);
  switch (is) {
    case 'text':
      return text;
    case 'flag':
      return typeof value === 'boolean'
        ? value
        : text === 'true' || text === 'false'
          ? text === 'true'
          : null;
    case 'number':
      return text !== null && /^\d{1,9}$/.test(text) ? new JsonNumber(text) : null;
  }
};

/** Ids and counts come as numbers or as texts. */
export const textOf = (value: Json | undefined): string | null =>
  value instanceof JsonNumber
    ? value.source
    : typeof value === 'string' && value.trim() !== ''
      ? value.trim()
      : null;

/** `199…` alone, or as the last part of its page's URL. */
export const idInPage = (typed: string, page: RegExp): string | null => {
  const url = /^https?:\/\/[^/]+(\/[^?#]*)/i.exec(typed.trim())?.[1];
  const id = url === undefined ? typed.trim() : page.exec(url)?.[1];
  return id !== undefined && isDigits(id) ? id : null;
};

/** The id that a target's file names itself by; null: it does not. */
export const digitsUnder = (json: Json, key: string): string | null => {
  const id = isObject(json) ? textOf(json.get(key)) : null;
  return id !== null && isDigits(id) ? id : null;
};

export const isDigits = (text: string): boolean => /^[1-9]\d{0,24}$/.test(text);

/** The one segment behind a path, `/openapi/v2/run/workflow/199…` for one; null: another path. */
export const behind = (path: string, start: string): string | null => {
  const rest = path.startsWith(start) ? path.slice(start.length).replace(/\/+$/, '') : '';
  return rest !== '' && !rest.includes('/') ? rest : null;
};
