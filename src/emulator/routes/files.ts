import type { Json } from '../../values/json.js';
import { map, number, refusal, success } from '../http/answers.js';
import { isRefusal, refuse } from '../http/refusal.js';
import type { Handler } from './route.js';
import { textOf, withAccount } from './route.js';

/** 30 MB per file (4.1). */
const maxFile = 30 * 1024 * 1024;

const endings: readonly (readonly [string, RegExp])[] = [
  ['png', /^\x89PNG/],
  ['jpg', /^\xff\xd8\xff/],
  ['gif', /^GIF8/],
  ['webp', /^RIFF....WEBP/s],
  ['wav', /^RIFF....WAVE/s],
  ['avi', /^RIFF....AVI /s],
  ['zip', /^PK\x03\x04/],
  ['mp3', /^(?:ID3|\xff[\xe2-\xfb])/],
  ['flac', /^fLaC/],
  ['mov', /^....ftypqt/s],
  ['mp4', /^....ftyp/s],
  ['mkv', /^\x1aE\xdf\xa3/],
];

/** Ending of the uploaded name, in lower case; by content where it has none. */
const endingOf = (name: string, bytes: Uint8Array): string => {
  const named = /\.([a-z0-9]{1,11})$/i.exec(name)?.[1]?.toLowerCase();
  if (named !== undefined) return named;
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return endings.find(([, pattern]) => pattern.test(head))?.[0] ?? 'bin';
};

/** Any of the parts but `file` may be missing. */
export const upload: Handler = (request, context) =>
  // Its key may stand behind the file, in what was not read.
  request.tooLarge ? refusal(tooLargeV1) : takeUpload(request, context);

const tooLargeV1 = refuse(809, 'APIKEY_FILE_SIZE_EXCEEDED');

const takeUpload = withAccount((account, { form }, { model }) => {
  if ((form?.file?.bytes.length ?? 0) > maxFile) return refusal(tooLargeV1);
  if (form?.file == null || form.file.bytes.length === 0)
    return refusal(refuse(301, 'file cannot be empty'));
  const { name, bytes } = form.file;
  const stored = model.uploads.store(account.id, 'api', bytes, endingOf(name, bytes), model.now());
  return success(
    map({ fileName: stored.fileName, fileType: form.fields.get('fileType') ?? 'input' }),
  );
});

const kinds: readonly (readonly [string, RegExp])[] = [
  ['video', /^(?:mp4|mov|avi|mkv|webm)$/],
  ['audio', /^(?:mp3|wav|flac|m4a|ogg)$/],
  ['zip', /^zip$/],
  ['image', /^(?:png|jpe?g|webp|gif|bmp)$/],
];

/** `message`, not `msg`, and the size as a text (4.2). */
export const uploadV2: Handler = ({ key, form, tooLarge }, { model, site }) => {
  const refused = (code: number, message: string): Json =>
    map({ code: number(code), message, data: null });
  if (tooLarge || (form?.file?.bytes.length ?? 0) > maxFile)
    return refused(1008, 'File size limit exceeded');
  const account = model.account(key);
  if (isRefusal(account)) return refused(401, `ApiKey verification failed: ${account.msg}`);
  if (form?.file == null || form.file.bytes.length === 0)
    return refused(1007, 'file cannot be empty');
  const { name, bytes } = form.file;
  const ending = endingOf(name, bytes);
  const stored = model.uploads.store(account.id, 'openapi', bytes, ending, model.now());
  return map({
    code: number(0),
    message: 'success',
    data: map({
      type: kinds.find(([, pattern]) => pattern.test(ending))?.[0] ?? 'file',
      download_url: `${site}/input/${stored.fileName}?q-sign-algorithm=sha1`,
      fileName: stored.fileName,
      size: String(stored.bytes),
    }),
  });
};

const loraLinkMs = 3_600_000;

/** Signature good for an hour; no `url` where the md5 is already stored (4.3). */
export const loraUrl = withAccount((account, { body }, { model, links, site }) => {
  const md5 = textOf(body.get('md5Hex'));
  if (textOf(body.get('loraName')) === '') return refusal(refuse(301, 'loraName cannot be empty'));
  if (!/^[0-9a-f]{32}$/.test(md5)) return refusal(refuse(301, 'md5Hex is not valid'));
  const fileName = loraNameOf(md5);
  const stored = model.uploads.find(account.id, fileName, model.now()) !== null;
  const link = links.sign(`/lora/${account.id}/${md5}.safetensors`, model.now(), loraLinkMs);
  return success(map({ fileName, ...(stored ? {} : { url: `${site}${link}` }) }));
});

const loraNameOf = (md5: string): string => `api-lora-cn/${md5}.safetensors`;
