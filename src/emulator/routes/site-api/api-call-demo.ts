import type { Json } from '../../../values/json.js';
import { jsonText } from '../../../values/json-text.js';
import { refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { withAccount } from '../route.js';

/**
 * `GET /api/webapp/apiCallDemo?apiKey=…&webappId=…`: an app's fields. The command to copy holds the
 * caller's key, as the service's does (API notes, section 2.4).
 */
export const apiCallDemo: Route = {
  name: 'appDemo',
  method: 'GET',
  path: /^\/api\/webapp\/apiCallDemo$/,
  envelope: 'old',
  handle: withAccount((_account, { query, key }, { model, site }) => {
    const id = query.get('webappId') ?? '';
    if (!/^[1-9]\d*$/.test(id)) return refusal(refuse(301, 'webappId must be greater than 0'));
    const demo = model.catalogue.callExample(id);
    if (demo === null) return refusal(refuse(901, 'WEBAPP_NOT_EXISTS'));
    const body = jsonText(
      new Map<string, Json>([
        ['webappId', id],
        ['apiKey', key ?? ''],
      ]),
    );
    const curl = `curl --location '${site}/task/openapi/ai-app/run' --data '${body}'`;
    const locked = model.options.locked.has(id);
    return success(
      new Map<string, Json>([
        ...demo,
        ...(locked ? [['accessEncrypted', true] as const] : []),
        ['curl', curl],
      ]),
    );
  }),
};
