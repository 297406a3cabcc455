import { JsonNumber } from '../../../values/json.js';
import { map, refusal, success } from '../../http/answers.js';
import { modelNamed } from '../../graph/models.js';
import type { Route } from '../route.js';
import { enterpriseSharedOnly, invalidUrl, managed } from './flat.js';

const pattern = /^\/openapi\/v2\/price-preview\/(.+)$/;

/**
 * `POST /openapi/v2/price-preview/{model path}`: what a call would cost, of standard models only
 * (API notes, sections 7.3 and 1.2). The prices are made up: so much for each second.
 */
export const pricePreview: Route = {
  name: 'pricePreview',
  method: 'POST',
  path: pattern,
  envelope: 'old',
  handle: managed((account, { body, path }, { model }) => {
    if (!account.runsModels) return refusal(enterpriseSharedOnly);
    if (modelNamed(pattern.exec(path)?.[1] ?? '', model.options.models) === null)
      return refusal(invalidUrl);
    const seconds = body.get('duration');
    const length = seconds instanceof JsonNumber ? Number(seconds.source) : 1;
    const price = (length * 0.1).toFixed(2);
    return success(
      map({
        estimatedPrice: price,
        currency: 'CNY',
        priceText: `¥${price}`,
        freeLimit: false,
      }),
    );
  }),
};
