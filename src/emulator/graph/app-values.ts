import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { idOf, notInList } from './check.js';
import type { Override } from './graph.js';
import type { Refusal } from '../http/refusal.js';

/**
 * 433 where a list field of an app gets a value that its list does not have; null: all are fine.
 */
export const unlisted = (demo: Json, overrides: readonly Override[]): Refusal | null => {
  const list = isObject(demo) ? demo.get('nodeInfoList') : undefined;
  if (list === undefined || !isList(list)) return null;
  for (const override of overrides) {
    const entry = list.find(
      (one) =>
        isObject(one) &&
        idOf(one.get('nodeId')) === override.nodeId &&
        one.get('fieldName') === override.fieldName,
    );
    if (!isObject(entry) || !/^(?:LIST|SWITCH)$/.test(wordOf(entry.get('fieldType')))) continue;
    const known = listed(entry.get('fieldData'));
    const given = wordOf(override.value);
    // What the author saved is taken, whether the list has it or not (API notes, section 2.4's sample).
    if (known.length === 0 || known.includes(given) || given === wordOf(entry.get('fieldValue')))
      continue;
    return notInList(override, wordOf(entry.get('nodeName')));
  }
  return null;
};

const listed = (data: Json | undefined): string[] => {
  const read = typeof data === 'string' ? parseJson(data) : null;
  const list = read?.ok === true ? read.value : null;
  if (list === null || !isList(list)) return [];
  const [first] = list;
  if (first !== undefined && isList(first)) return first.map(wordOf);
  return list.flatMap((entry) =>
    isObject(entry) && entry.has('index') ? [wordOf(entry.get('index'))] : [],
  );
};

const wordOf = (value: Json | undefined): string =>
  value instanceof JsonNumber ? value.source : typeof value === 'string' ? value : '';
