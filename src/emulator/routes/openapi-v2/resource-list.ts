import { map, refusal, success } from '../../http/answers.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { textOf } from '../route.js';
import { managed } from './flat.js';
import { paged } from './paged.js';

const types = ['UNET', 'CHECKPOINT', 'LORA', 'GGUF'];

/**
 * `POST /openapi/v2/resource/list`: model files by type, and by a word of their name (API notes,
 * sections 7.3 and 19.1). A LoRA that was uploaded is not among them: that is not documented.
 */
export const resourceList: Route = {
  name: 'resourceList',
  method: 'POST',
  path: /^\/openapi\/v2\/resource\/list$/,
  envelope: 'old',
  handle: managed((_account, { body }) => {
    const type = textOf(body.get('resourceType'));
    if (!types.includes(type)) return refusal(refuse(301, 'resourceType is not valid'));
    const word = textOf(body.get('resourceName')).toLowerCase();
    const ending = type === 'GGUF' ? 'gguf' : 'safetensors';
    const names = Array.from(
      { length: 60 },
      (_each, at) => `emulated-${type.toLowerCase()}-${at}.${ending}`,
    );
    return success(
      paged(
        names
          .filter((name) => name.includes(word))
          .map((name) => map({ resourceName: name, resourceType: type, nodeModelName: name })),
        body,
      ),
    );
  }),
};
