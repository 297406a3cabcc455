import type { Json } from '../../../values/json.js';
import { map, number, success } from '../../http/answers.js';
import type { Received } from '../../http/request.js';
import type { Route } from '../route.js';
import { textOf, withAccount } from '../route.js';

/**
 * `POST /api/fast/creation/model/params`: the models that quick create offers; "Loar" is the
 * service's spelling (API notes, section 2.5).
 */
export const creationModelParams: Route = {
  name: 'quickModels',
  method: 'POST',
  path: /^\/api\/fast\/creation\/model\/params$/,
  envelope: 'old',
  handle: (request, context) =>
    // The documented request holds no key.
    request.key === null ? models(request) : withAccount(() => models(request))(request, context),
};

const models = ({ body }: Received): Json =>
  success([
    map({
      id: '1904136902449209301',
      type: number(Number(textOf(body.get('type')) || 1)),
      webappId: textOf(body.get('webappId')),
      modelCategory: number(1),
      modelName: 'emulated model',
      modelKey: '002',
      modelPreviewUrl: '',
      content: '',
      modelTrigger: '',
      modelLoar1FileName: 'emulated.safetensors',
      modelLoar1Weight: number(0.7),
      modelLoar2FileName: null,
      modelLoar2Weight: null,
    }),
  ]);
