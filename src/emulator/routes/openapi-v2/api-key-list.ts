import { map, number, success } from '../../http/answers.js';
import type { Route } from '../route.js';
import { managed } from './flat.js';

/**
 * `GET /openapi/v2/api-key/list`: masked keys; of ours not even that is kept (API notes, section
 * 7.3).
 */
export const apiKeyList: Route = {
  name: 'keyList',
  method: 'GET',
  path: /^\/openapi\/v2\/api-key\/list$/,
  envelope: 'old',
  handle: managed(() =>
    success([
      map({
        key: 'emul****************************',
        apiKeyName: 'emulated key',
        status: number(1),
        quotaLimit: null,
        quotaUsed: number(0),
        visible: true,
        expireAt: null,
        expireInMinute: null,
        createdAt: '2026-01-01 00:00:00',
      }),
    ]),
  ),
};
