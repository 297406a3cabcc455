import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import type { FaultKind } from './faults.js';
import { map, number } from './answers.js';

/**
 * The same answer in another shape that clients have met or guard against (API notes, sections 5.1
 * and 19.1); null where the fault is none of them.
 */
export const inOtherShape = (kind: FaultKind | undefined, answer: Json): Json | null => {
  switch (kind) {
    case 'wrapped':
      return wrapped(answer);
    case 'snakeId':
      return inside(answer, (object) => renamed(object, 'taskId', 'task_id'));
    case 'bareId':
      return bareId(answer);
    case 'textResults':
      return inside(answer, (object) => replaced(object, ['results', 'data'], linksOf));
    case 'tipsObject':
      return inside(answer, (object) => replaced(object, ['promptTips'], parsed));
    case 'statusObject':
      return inside(answer, (object) => replaced(object, ['data'], statusObject));
    case 'codeWords':
      return inside(answer, codeWords);
    default:
      return null;
  }
};

/** The object itself, and the one in its `data`. */
const inside = (answer: Json, change: (object: JsonObject) => JsonObject): Json => {
  if (!isObject(answer)) return answer;
  const data = answer.get('data');
  return change(isObject(data) ? new Map(answer).set('data', change(data)) : answer);
};

/** A flat V2 answer inside `{ code, msg, data }`. */
const wrapped = (answer: Json): Json => {
  if (!isObject(answer) || answer.has('code')) return answer;
  const code = answer.get('errorCode');
  return map({
    code: number(typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : 0),
    msg: answer.get('errorMessage') ?? 'success',
    data: answer,
  });
};

/** A create that answers with nothing but the id. */
const bareId = (answer: Json): Json => {
  const data = isObject(answer) ? (answer.get('data') ?? null) : null;
  const created = isObject(data) ? data : answer;
  const id = isObject(created) ? created.get('taskId') : undefined;
  return typeof id === 'string' && id !== ''
    ? map({ code: number(0), msg: 'success', data: id })
    : answer;
};

const renamed = (object: JsonObject, from: string, to: string): JsonObject =>
  new Map([...object].map(([name, value]) => [name === from ? to : name, value]));

const replaced = (
  object: JsonObject,
  names: readonly string[],
  change: (value: Json) => Json,
): JsonObject =>
  new Map([...object].map(([name, value]) => [name, names.includes(name) ? change(value) : value]));

/** Files as bare links, texts as bare texts. */
const linksOf = (value: Json): Json =>
  isList(value)
    ? value.map((item) =>
        isObject(item)
          ? (item.get('fileUrl') ?? item.get('url') ?? item.get('text') ?? item)
          : item,
      )
    : value;

const parsed = (value: Json): Json => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  return read?.ok === true ? read.value : value;
};

const statusObject = (value: Json): Json =>
  typeof value === 'string' ? map({ taskStatus: value }) : value;

/** The word in place of its number: `"code": "APIKEY_TASK_CANCEL_NOT_ALLOWED"`. */
const codeWords = (object: JsonObject): JsonObject => {
  const [code, msg] = [object.get('code'), object.get('msg')];
  return code instanceof JsonNumber && code.source !== '0' && typeof msg === 'string'
    ? new Map(object).set('code', msg)
    : object;
};
