import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Client } from '../../runninghub/client.js';
import type { Fault, Listed } from '../../runninghub/service.js';
import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import { clip, oneLine } from '../../terminal/format.js';
import type { Call } from '../argv/call.js';
import { connect, nothingSaved } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { atLeastOne } from '../../batch/options/numbers.js';
import { sayUnanswered } from '../say.js';
import { whoAsks } from '../who-asks.js';

const defaultMost = 100;

interface Kind {
  readonly listed: (more: string | null) => Listed;
  /** What stands in a line, the name to be used first. */
  readonly line: (item: JsonObject) => readonly string[];
}

const resource = (type: string): Kind => ({
  listed: () => ({ is: 'resources', type }),
  line: (item) => [word(item, 'nodeModelName', 'name')],
});

const kinds: Readonly<Record<string, Kind>> = {
  apps: {
    listed: (sort) => ({ is: 'apps', sort: (sort ?? 'recommend').toUpperCase() }),
    line: (item) => [appIdOf(item), word(item, 'title'), word(item, 'description')],
  },
  loras: resource('LORA'),
  checkpoints: resource('CHECKPOINT'),
  unets: resource('UNET'),
  ggufs: resource('GGUF'),
  keys: {
    listed: () => ({ is: 'keys' }),
    line: (item) => [
      word(item, 'key'),
      word(item, 'apiKeyName'),
      `used ${word(item, 'quotaUsed') || '?'} of ${word(item, 'quotaLimit') || 'no limit'}`,
      word(item, 'expireAt'),
    ],
  },
  quick: {
    listed: (webappId) => ({ is: 'quickModels', type: 2, webappId: webappId ?? '' }),
    line: (item) => [word(item, 'modelKey'), word(item, 'modelName')],
  },
};

/** `rh-batch list KIND`: what the service has to offer, one line each. */
export const list = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const [typed = '', more = null] = call.args;
  const kind = Object.hasOwn(kinds, typed) ? kinds[typed] : undefined;
  if (kind === undefined)
    problems.add(
      error('E0001', null, `there is no list "${typed}"`, {
        hint: `one of ${Object.keys(kinds).join(', ')}`,
      }),
    );
  if (typed === 'quick' && !/^[1-9]\d*$/.test(more ?? ''))
    problems.add(
      error('E0001', null, 'the models of quick create are those of an app', {
        hint: 'rh-batch list quick WEBAPPID',
      }),
    );
  const most = atLeastOne(call, 'first', '--first', problems) ?? defaultMost;
  const asking = await whoAsks(call, io, problems);
  if (kind === undefined || asking === null) return exit.badInput;
  const connection = await connect(asking.identity, nothingSaved, asking.options, io);
  const found = await all(kind.listed(more), most, connection.client).finally(() =>
    connection.close(),
  );
  if (found.is === 'failed') {
    sayUnanswered(found.fault, asking.identity, call, io);
    return exit.service;
  }
  if (call.flag('json')) io.out.write(io.clean(`${documentOf(typed, found.items)}\n`));
  else for (const item of found.items) io.out.write(`${lineOf(kind.line(item))}\n`);
  return exit.done;
};

const documentOf = (kind: string, items: readonly JsonObject[]): string =>
  `{"version":1,"kind":${JSON.stringify(kind)},"items":${jsonText([...items])}}`;

const all = async (
  what: Listed,
  most: number,
  client: Client,
): Promise<
  | { readonly is: 'known'; readonly items: readonly JsonObject[] }
  | { readonly is: 'failed'; readonly fault: Fault }
> => {
  const items: JsonObject[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await client.list(what, page);
    if (answer.is === 'failed') return answer;
    items.push(...answer.items);
    if (!answer.more || items.length >= most) return { is: 'known', items: items.slice(0, most) };
  }
};

const maxWord = 60;

const lineOf = (words: readonly string[]): string =>
  words
    .filter((text) => text !== '')
    .map((text) => clip(oneLine(text), maxWord))
    .join('  ');

const word = (item: JsonObject, ...names: readonly string[]): string => {
  for (const name of names) {
    const value: Json = item.get(name) ?? null;
    if (typeof value === 'string' && value !== '') return value;
    if (value instanceof JsonNumber) return value.source;
  }
  return '';
};

/** The id that pull --app takes stands in the example of a call, in whatever form that has. */
const appIdOf = (item: JsonObject): string =>
  word(item, 'webappId') ||
  (/(?:webappId\W{1,6}|ai-app\/)([1-9]\d{5,24})/.exec(
    jsonText(item.get('invokeExample') ?? ''),
  )?.[1] ??
    '');
