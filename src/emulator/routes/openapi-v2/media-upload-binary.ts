import type { Json } from '../../../values/json.js';
import { map, number } from '../../http/answers.js';
import { endingOf, uploadTypeOf } from '../../http/endings.js';
import { isRefusal } from '../../http/refusal.js';
import type { Route } from '../route.js';

/**
 * `POST /openapi/v2/media/upload/binary`: a form with `file` alone. `message`, not `msg`, and the
 * size as a text; `fileName` is for nodes, `download_url` for standard models (API notes, section
 * 4.2). The pages say 30 MB, yet fields of models take up to 500 MB (section 19.1).
 */
export const mediaUploadBinary: Route = {
  name: 'uploadV2',
  method: 'POST',
  path: /^\/openapi\/v2\/media\/upload\/binary$/,
  envelope: 'v2Upload',
  handle: ({ key, form, tooLarge }, { model, links, site }) => {
    const refused = (code: number, message: string): Json =>
      map({ code: number(code), message, data: null });
    if (tooLarge) return refused(1008, 'File size limit exceeded');
    const account = model.account(key);
    if (isRefusal(account)) return refused(401, `ApiKey verification failed: ${account.msg}`);
    if (form?.file == null || form.file.bytes.length === 0)
      return refused(1007, 'file cannot be empty');
    const { name, bytes } = form.file;
    const ending = endingOf(name, bytes);
    const now = model.now();
    const stored = model.uploads.store(account.id, 'openapi', bytes, ending, now);
    return map({
      code: number(0),
      message: 'success',
      data: map({
        type: uploadTypeOf(ending),
        download_url: `${site}${links.sign(`/input/${stored.fileName}`, now, model.options.uploadLifeMs)}`,
        fileName: stored.fileName,
        size: String(stored.bytes),
      }),
    });
  },
};
