import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import { addTexts } from '../../values/decimal.js';
import { decimal, textOf } from '../envelope.js';
import type { TaskCost, TaskOutput } from '../service.js';

/** A file or a text that a task made; empty where the item is neither. */
export const outputOf = (item: Json, site: string): TaskOutput[] => {
  if (typeof item === 'string') return bareOutput(item.trim(), site);
  if (!isObject(item)) return [];
  const first = (...names: string[]): string | null =>
    names.map((name) => textOf(item.get(name))).find((found) => found !== null && found !== '') ??
    null;
  const url = first('fileUrl', 'url', 'outputUrl') ?? '';
  const text = first('text', 'content', 'output');
  if (url === '' && text === null) return [];
  const type =
    textOf(item.get('fileType')) ?? textOf(item.get('outputType')) ?? (url === '' ? 'txt' : '');
  const node = item.get('nodeId');
  return [
    {
      url: url === '' ? '' : absolute(url, site),
      node: textOf(node) ?? decimal(node),
      type,
      text,
    },
  ];
};

/** A link, or a text, without anything about it (runninghub-api 19.1). */
const bareOutput = (text: string, site: string): TaskOutput[] => {
  if (text === '') return [];
  const isLink = /^(?:https?:\/\/\S+|\/?output\/\S+)$/i.test(text);
  const ending = /\.([a-z0-9]{1,8})(?:[?#].*)?$/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return [
    isLink
      ? { url: absolute(text, site), node: null, type: ending, text: null }
      : { url: '', node: null, type: 'txt', text },
  ];
};

const absolute = (url: string, site: string): string => {
  if (/^https?:\/\//i.test(url)) return url;
  return `${site}/${url.replace(/^\/+/, '')}`;
};

/** Costs are repeated on every output of a task: taken from the first that has them (12). */
export const costOf = (data: Json): TaskCost => {
  const list = isList(data) ? data : [data];
  const items = list.filter((item): item is JsonObject => isObject(item));
  const first = (name: string): string | null => {
    for (const item of items) {
      const value = decimal(item.get(name));
      if (value !== null) return value;
    }
    return null;
  };
  const seconds = first('taskCostTime');
  return {
    coins: first('consumeCoins'),
    money: addTexts(first('consumeMoney'), first('thirdPartyConsumeMoney')),
    taskTimeMs: seconds === null ? null : believedMs(Number(seconds) * 1000),
  };
};

/** No task runs for more than a week: what says so is no time. */
const longestMs = 7 * 86_400_000;

const believedMs = (ms: number): number | null => (ms <= longestMs ? Math.round(ms) : null);

export const netWssUrlIn = (data: Json): string | null =>
  isObject(data) ? textOf(data.get('netWssUrl')) : null;
