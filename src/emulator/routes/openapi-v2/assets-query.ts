import { map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf } from '../route.js';
import { managed } from './flat.js';

/**
 * What checking an asset takes: clients ask every two seconds (API notes, section 19.1). A guess.
 */
const checkMs = 3000;

/** `POST /openapi/v2/assets/query`: whether an asset can be used yet (API notes, section 19.1). */
export const assetsQuery: Route = {
  name: 'assetQuery',
  method: 'POST',
  path: /^\/openapi\/v2\/assets\/query$/,
  envelope: 'old',
  handle: managed((account, { body }, { model }) => {
    const asset = model.assets.find(account.id, textOf(body.get('assetId')));
    if (asset === null) return refusal(refuse(301, 'assetId is not valid'));
    return success(
      map({
        assetId: asset.id,
        status: model.now() - asset.at < checkMs ? 'Processing' : 'Active',
        previewUrl: asset.url,
        assetType: asset.type,
      }),
    );
  }),
};
