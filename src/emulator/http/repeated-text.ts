import { createHash } from 'node:crypto';
import type { Json } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';

/** Words for people: the text is put behind them. */
const words: ReadonlySet<string> = new Set([
  'msg',
  'message',
  'errorMessage',
  'failedReason',
  'exception_message',
  'exception_type',
  'node_name',
  'traceback',
  'details',
  'text',
  'nodeId',
  'fileType',
  'outputType',
  'apiType',
  'currency',
  'callbackResponse',
  'callbackStatus',
  'promptTips',
]);
const links: ReadonlySet<string> = new Set(['fileUrl', 'url', 'outputUrl', 'download_url']);

/**
 * An answer in which the service repeats a text wherever it says something: in its words for
 * people, in the queries of its links, and in a field that nobody knows.
 */
export const withTextRepeated = (answer: Json, text: string): Json => repeatedIn(answer, text, '');

const repeatedIn = (json: Json, text: string, field: string): Json => {
  if (isList(json)) return json.map((item) => repeatedIn(item, text, field));
  if (isObject(json))
    return new Map<string, Json>([
      ...[...json].map(([key, value]) => [key, repeatedIn(value, text, key)] as const),
      ['said', text],
      [`said ${text}`, 'a field'],
    ]);
  if (typeof json !== 'string' || json === '') return json;
  if (links.has(field)) return `${json}${json.includes('?') ? '&' : '?'}${queryOf(text)}`;
  if (!words.has(field)) return json;
  // JSON in a text stays JSON.
  return parseJson(json).ok && /^[[{]/.test(json) ? json : `${json} ${text}`;
};

/** Signed, so that a link from which it was taken out is no link any more. */
const queryOf = (text: string): string => {
  const said = encodeURIComponent(text);
  return `said=${said}&said-sha1=${createHash('sha1').update(said).digest('hex')}`;
};

/** A link's query as it was before the text was put into it. */
export const withoutRepeatedText = (query: string): string => {
  const [whole, said] = /[&?]?said=([^&]*)&said-sha1=[0-9a-f]{40}$/.exec(query) ?? [];
  if (whole === undefined || said === undefined) return query;
  return query.endsWith(createHash('sha1').update(said).digest('hex'))
    ? query.slice(0, -whole.length)
    : query;
};
