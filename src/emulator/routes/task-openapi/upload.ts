import { map, refusal, success } from '../../http/answers.js';
import { endingOf } from '../../http/endings.js';
import { refuse } from '../../http/refusal.js';
import type { Route } from '../route.js';
import { withAccount } from '../route.js';

/** 30 MB per file (API notes, section 4.1). */
const most = 30 * 1024 * 1024;
const tooLarge = refuse(809, 'APIKEY_FILE_SIZE_EXCEEDED');

/**
 * `POST /task/openapi/upload`: a form with `file`, and `apiKey` and `fileType` where the client
 * sends them; the name is what the bytes hash to (API notes, section 4.1).
 */
export const upload: Route = {
  name: 'upload',
  method: 'POST',
  path: /^\/task\/openapi\/upload$/,
  envelope: 'old',
  handle: (request, context) =>
    // Its key may stand behind the file, in what was not read.
    request.tooLarge ? refusal(tooLarge) : take(request, context),
};

const take = withAccount((account, { form }, { model }) => {
  if ((form?.file?.bytes.length ?? 0) > most) return refusal(tooLarge);
  if (form?.file == null || form.file.bytes.length === 0)
    return refusal(refuse(301, 'file cannot be empty'));
  const { name, bytes } = form.file;
  const stored = model.uploads.store(account.id, 'api', bytes, endingOf(name, bytes), model.now());
  return success(
    map({ fileName: stored.fileName, fileType: form.fields.get('fileType') ?? 'input' }),
  );
});
