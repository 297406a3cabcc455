import type { Json } from '../../values/json.js';
import { isDigits, listOf, seenTask, textOf } from '../seen-call.js';
import type { SeenCall, SeenTask, TargetStart } from '../target.js';

/** `partsOf`: the id taken apart, as everywhere in this target. */
export const quickStart = (
  partsOf: (id: string) => { readonly webappId: string; readonly code: string },
): TargetStart => ({
  asks: "the app's webappId and the model's code, as in 187…/002",
  file: 'app.json',
  idOf: (typed) => {
    const { webappId, code } = partsOf(typed.trim());
    return isDigits(webappId) && /^[\w.-]{1,64}$/.test(code) ? `${webappId}/${code}` : null;
  },
  idIn: () => null,
  keys: (id) => {
    const { webappId, code } = partsOf(id);
    return [
      [
        'quick',
        new Map<string, Json>([
          ['webappId', webappId],
          ['code', code],
        ]),
      ],
    ];
  },
  seen,
});

/** runninghub-api 2.5. Nothing else shows the fields: the call's own list becomes the file. */
const seen = (call: SeenCall): SeenTask | null => {
  if (call.path.replace(/\/+$/, '') !== '/task/openapi/quick-ai-app/run') return null;
  const { body } = call;
  const id = `${textOf(body.get('webappId')) ?? ''}/${textOf(body.get('quickCreateCode')) ?? ''}`;
  const list = listOf(body);
  const file = list.length === 0 ? null : new Map([['nodeInfoList', list]]);
  return seenTask(id, call, ['webappId', 'webappName', 'quickCreateCode'], [], file);
};
