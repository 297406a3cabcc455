import { map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf, withAccount } from '../route.js';

/** The signature is good for an hour (API notes, section 4.3). */
const linkMs = 3_600_000;

/**
 * `POST /api/openapi/getLoraUploadUrl`: a signed link that takes the bytes by PUT; no `url` where a
 * file of this md5 is stored already (API notes, section 4.3).
 */
export const getLoraUploadUrl: Route = {
  name: 'loraUrl',
  method: 'POST',
  path: /^\/api\/openapi\/getLoraUploadUrl$/,
  envelope: 'old',
  handle: withAccount((account, { body }, { model, links, site }) => {
    const md5 = textOf(body.get('md5Hex'));
    if (textOf(body.get('loraName')) === '')
      return refusal(refuse(301, 'loraName cannot be empty'));
    if (!/^[0-9a-f]{32}$/.test(md5)) return refusal(refuse(301, 'md5Hex is not valid'));
    const fileName = `api-lora-cn/${md5}.safetensors`;
    const stored = model.uploads.find(account.id, fileName, model.now()) !== null;
    const link = links.sign(`/lora/${account.id}/${md5}.safetensors`, model.now(), linkMs);
    return success(map({ fileName, ...(stored ? {} : { url: `${site}${link}` }) }));
  }),
};
