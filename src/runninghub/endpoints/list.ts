import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import { countOf, envelopeFault, isGood, readAnswer } from '../envelope.js';
import { fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { ListAnswer, Listed } from '../service.js';

/** How one page of a list is asked for (runninghub-api 2.5, 7.3); null body: GET. */
export const listRequest = (
  what: Listed,
  page: number,
): { readonly path: string; readonly body: readonly (readonly [string, Json])[] | null } => {
  const paged: [string, Json][] = [
    ['current', new JsonNumber(String(page))],
    ['size', new JsonNumber(String(pageSize))],
  ];
  switch (what.is) {
    case 'keys':
      return { path: '/openapi/v2/api-key/list', body: null };
    case 'resources':
      return {
        path: '/openapi/v2/resource/list',
        body: [['resourceType', what.type], ...paged],
      };
    case 'apps':
      return { path: '/openapi/v2/aiapp/list', body: [...paged, ['sort', what.sort]] };
    case 'quickModels':
      return {
        path: '/api/fast/creation/model/params',
        body: [
          ['type', new JsonNumber(String(what.type))],
          ['webappId', what.webappId],
        ],
      };
  }
};

/** The most that the list of apps gives at once. */
const pageSize = 50;

/** Lists come bare, or as `records` with `pages` or `hasNext` beside them. */
export const listAnswer = (reply: Reply, page: number): ListAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'failed', fault: answer.fault };
  const { envelope } = answer;
  if (!isGood(envelope.code)) return { is: 'failed', fault: envelopeFault(envelope, answer.reply) };
  const holder = isObject(envelope.data) ? envelope.data : envelope.body;
  const list = isList(envelope.data) ? envelope.data : holder.get('records');
  if (list === undefined || !isList(list))
    return {
      is: 'failed',
      fault: fault('transient', 'bad-answer', 'The service answered without a list'),
    };
  const items = list.filter((item): item is JsonObject => isObject(item));
  const pages = countOf(holder.get('pages'));
  const more = holder.get('hasNext') === true || (pages !== null && page < pages);
  return { is: 'known', items, more: more && items.length > 0 };
};
