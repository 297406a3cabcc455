import { map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf } from '../route.js';
import { managed } from './flat.js';

/**
 * `POST /openapi/v2/assets/create`: makes an asset of a link, for models that show real people;
 * their media fields then take `asset://<assetId>` (API notes, section 19.1).
 */
export const assetsCreate: Route = {
  name: 'assetCreate',
  method: 'POST',
  path: /^\/openapi\/v2\/assets\/create$/,
  envelope: 'old',
  handle: managed((account, { body }, { model }) => {
    const url = textOf(body.get('url'));
    const assetType = textOf(body.get('assetType'));
    if (!/^https?:\/\//.test(url)) return refusal(refuse(301, 'url is not valid'));
    if (!['Image', 'Video', 'Audio'].includes(assetType))
      return refusal(refuse(301, 'assetType is not valid'));
    const asset = model.assets.create(account.id, url, assetType, model.now());
    return success(map({ assetId: asset.id, status: 'Processing' }));
  }),
};
