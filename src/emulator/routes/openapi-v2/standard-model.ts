import { v2Refused } from '../../http/answers.js';
import { modelNamed } from '../../graph/models.js';
import { misfit, notALink } from '../../graph/model-values.js';
import { isRefusal } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { enterpriseSharedOnly, flatRefusal, invalidUrl, submitted } from './flat.js';

const pattern = /^\/openapi\/v2\/(.+)$/;

export const modelPath = (path: string): string => pattern.exec(path)?.[1] ?? '';

/**
 * `POST /openapi/v2/{model path}`: a standard model, by a path of one part or more, for
 * enterprise-shared keys (API notes, sections 7.4 and 19.1). Any other path below /openapi/v2 is
 * 1001: there is no cancel, status or outputs here (section 19.1).
 */
export const standardModel: Route = {
  name: 'model',
  method: 'POST',
  path: pattern,
  envelope: 'v2Flat',
  handle: (request, context) => {
    const { model } = context;
    const account = model.account(request.key);
    if (isRefusal(account)) return flatRefusal(account);
    const named = modelNamed(modelPath(request.path), model.options.models);
    if (named === null) return v2Refused(invalidUrl);
    if (!account.runsModels) return v2Refused(enterpriseSharedOnly);
    const sizeOf = (fileName: string): number | null =>
      model.uploads.find(account.id, fileName, model.now())?.bytes ?? null;
    const wrong = misfit(named, request.body, sizeOf);
    if (wrong !== null) return v2Refused(wrong);
    if (notALink(named, request.body)) return v2Refused(invalidUrl);
    return submitted(request, { is: 'model', path: named.path, saves: named.saves }, context);
  },
};
