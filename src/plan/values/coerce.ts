import type { Datum } from '../../values/datum.js';
import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { impossible } from '../../values/impossible.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import type { Field } from '../../workflow/workflow.js';
import { readNumber } from '../../values/decimal.js';

export type Coerced =
  | { readonly ok: true; readonly json: Json }
  /** `takes`: what the field takes, in words: "a whole number". */
  | { readonly ok: false; readonly is: 'type' | 'fraction' | 'text'; readonly takes: string };

type Given = Exclude<Datum, { is: 'absent' }>;

/**
 * Source text meets the base field's JSON type (DESIGN 4.3). `whole`: the field takes integers
 * only. Text is never changed; numbers keep their digits; what does not fit is refused.
 */
export const coerce = (datum: Given, field: Field, whole: boolean): Coerced => {
  switch (field.kind) {
    case 'text':
      return datum.is === 'scalar' ? exactText(datum.text) : refused('a text');
    case 'number':
      return datum.is === 'scalar' ? number(datum.text, whole) : refused('a number');
    case 'boolean':
      return datum.is === 'scalar' ? boolean(datum.text) : refused('true or false');
    case 'list':
      return collection(datum, 'a list (JSON text or a YAML list)', isList);
    case 'object':
      return collection(datum, 'an object (JSON text or a YAML mapping)', isObject);
    case 'null':
      return datum.is === 'scalar' ? scalar(datum) : refused('a text, a number, true or false');
    default:
      return impossible(field.kind);
  }
};

/** NUL and halves of surrogate pairs cannot be sent as UTF-8 JSON and come back the same. */
const unsendable = /\u0000|\p{Surrogate}/u;

export const isSendable = (text: string): boolean => !unsendable.test(text);

const refused = (takes: string): Coerced => ({ ok: false, takes, is: 'type' });
const good = (json: Json): Coerced => ({ ok: true, json });

const exactText = (text: string): Coerced =>
  isSendable(text)
    ? good(text)
    : { ok: false, takes: 'text without NUL characters and broken surrogate pairs', is: 'text' };

const number = (text: string, whole: boolean): Coerced => {
  const read = readNumber(text);
  if (read === null) return refused(whole ? 'a whole number' : 'a number');
  if (!whole) return good(new JsonNumber(read.source));
  if (read.whole === null) return { ok: false, takes: 'a whole number', is: 'fraction' };
  return good(new JsonNumber(read.whole));
};

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `FALSE`, `1`, `0`; undefined: none of them. */
const readBoolean = (text: string): boolean | undefined => booleans.get(text.trim().toLowerCase());

const boolean = (text: string): Coerced => {
  const value = readBoolean(text);
  return value === undefined ? refused('true or false') : good(value);
};

/** By what the file's own grammar takes it for: nothing in the base says more. */
const scalar = (datum: Given & { is: 'scalar' }): Coerced => {
  if (datum.type === 'text') return exactText(datum.text);
  return datum.type === 'number' ? number(datum.text, false) : boolean(datum.text);
};

const collection = (datum: Given, takes: string, fits: (json: Json) => boolean): Coerced => {
  const json = datum.is === 'scalar' ? fromText(datum.text) : jsonOf(datum);
  if (json === undefined || !fits(json)) return refused(takes);
  return allSendable(json)
    ? good(json)
    : { ok: false, takes: 'text without NUL characters and broken surrogate pairs', is: 'text' };
};

const fromText = (text: string): Json | undefined => {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : undefined;
};

/** undefined: holds something that JSON has no word for, such as `.nan`. */
export const jsonOf = (datum: Datum): Json | undefined => {
  switch (datum.is) {
    case 'absent':
      return null;
    case 'scalar': {
      if (datum.type === 'text') return datum.text;
      const read = scalar(datum);
      return read.ok ? read.json : undefined;
    }
    case 'list': {
      const items: Json[] = [];
      for (const item of datum.items) {
        const json = jsonOf(item);
        if (json === undefined) return undefined;
        items.push(json);
      }
      return items;
    }
    case 'map': {
      const entries = new Map<string, Json>();
      for (const [key, value] of datum.entries) {
        const json = jsonOf(value);
        if (json === undefined) return undefined;
        entries.set(key, json);
      }
      return entries;
    }
    default:
      return impossible(datum);
  }
};

const allSendable = (json: Json): boolean => {
  if (typeof json === 'string') return isSendable(json);
  if (isList(json)) return json.every(allSendable);
  if (!isObject(json)) return true;
  return [...json].every(([key, value]) => isSendable(key) && allSendable(value));
};
