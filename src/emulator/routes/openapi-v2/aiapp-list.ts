import type { Json } from '../../../values/json.js';
import { jsonText } from '../../../values/json-text.js';
import { isList, isObject } from '../../../values/json-text.js';
import { map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf } from '../route.js';
import { managed } from './flat.js';
import { paged } from './paged.js';

/**
 * `POST /openapi/v2/aiapp/list`: AI apps, at most 50 a page, without a search. Official clients send
 * the bare key as `Authorization`, and find an app's id nowhere but in the command that
 * `invokeExample` shows (API notes, sections 7.3 and 19.1).
 */
export const aiappList: Route = {
  name: 'appList',
  method: 'POST',
  path: /^\/openapi\/v2\/aiapp\/list$/,
  envelope: 'old',
  handle: managed((_account, { body }, { model, site }) => {
    if (Number(textOf(body.get('size'))) > 50)
      return refusal(refuse(301, 'size must be at most 50'));
    const items = [...model.options.apps.keys()].map((id) => {
      const demo = model.catalogue.callExample(id);
      const covers = demo?.get('covers');
      const [cover] = covers !== undefined && isList(covers) ? covers : [];
      return map({
        title: textOf(demo?.get('webappName')) || 'app',
        description: textOf(demo?.get('description')) || 'an emulated app',
        cover: isObject(cover) ? textOf(cover.get('thumbnailUri')) : '',
        invokeExample: invokeExample(site, id, demo?.get('nodeInfoList') ?? []),
      });
    });
    return success(paged(items, body));
  }),
};

/** As the pages of the service show a call: the key is left to whoever copies it. */
const invokeExample = (site: string, id: string, nodeInfoList: Json): string =>
  [
    `curl --location --request POST '${site}/openapi/v2/run/ai-app/${id}' \\`,
    `--header 'Content-Type: application/json' \\`,
    `--header 'Authorization: Bearer \${RUNNINGHUB_API_KEY}' \\`,
    `--data-raw '${jsonText(map({ nodeInfoList, instanceType: 'default', usePersonalQueue: 'false' })).replaceAll("'", "'\\''")}'`,
  ].join('\n');
