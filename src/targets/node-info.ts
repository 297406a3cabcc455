import type { CreateOptions } from '../manifest/manifest.js';
import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText } from '../values/json-text.js';
import type { SentField } from './target.js';

/** An entry of nodeInfoList (runninghub-api 9). */
export const nodeInfo = ({ node, field, json }: SentField): JsonObject =>
  new Map<string, Json>([
    ['nodeId', node],
    ['fieldName', field],
    ['fieldValue', wireValue(json)],
  ]);

/** The same with the value as a text, as apps have it (runninghub-api 2.3, 2.5). */
export const textInfo = ({ node, field, json }: SentField): JsonObject =>
  new Map<string, Json>([
    ['nodeId', node],
    ['fieldName', field],
    ['fieldValue', typeof json === 'string' ? json : jsonText(json)],
  ]);

/** A nodeInfoList holds scalars; integers beyond 2^53 go out as digit strings (runninghub-api 9). */
const wireValue = (json: Json): Json => {
  if (isList(json) || isObject(json)) return jsonText(json);
  return json instanceof JsonNumber && isLarge(json) ? json.source : json;
};

const isLarge = ({ source }: JsonNumber): boolean =>
  /^-?\d+$/.test(source) && !Number.isSafeInteger(Number(source));

/** Members of a submit body for what the manifest gives of these options. */
export const createMembers = (create: CreateOptions): [string, Json][] => [
  ...member('instanceType', create.instance),
  ...member('addMetadata', create.addMetadata),
  ...member('webhookUrl', create.webhookUrl),
  ...member('usePersonalQueue', create.usePersonalQueue),
  ...member(
    'retainSeconds',
    create.retainSeconds === null ? null : new JsonNumber(String(create.retainSeconds)),
  ),
];

const member = (name: string, value: Json): [string, Json][] =>
  value === null ? [] : [[name, value]];
