import type { Json } from '../../values/json.js';
import { refusal, v2Refused } from '../http/answers.js';
import { refuse } from '../http/refusal.js';
import { invalidUrl, wrongMethod } from './openapi-v2/flat.js';

/**
 * What a path or a method that does not exist answers: JSON, never HTML, with HTTP 200. The old
 * family says 412 TOKEN_INVALID of a path, in spite of the name, and 301 of a method (API notes,
 * sections 2.2 and 10.1); V2 says 1001 and 1009 (sections 10.2 and 19.1).
 */
export const noRoute = (path: string, isKnownPath: boolean): Json => {
  if (path.startsWith('/openapi/v2/')) return v2Refused(isKnownPath ? wrongMethod : invalidUrl);
  return refusal(isKnownPath ? refuse(301, 'PARAMS_INVALID') : refuse(412, 'TOKEN_INVALID', ''));
};
