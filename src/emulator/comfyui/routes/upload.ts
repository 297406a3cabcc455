import { extname, join } from 'node:path/posix';
import { annotated, inside, isFolderType } from '../files.js';
import type { Answer } from '../http/answers.js';
import { empty, json } from '../http/answers.js';
import type { Field } from '../http/form.js';
import { formOf } from '../http/form.js';
import { withAlpha } from '../media/pixels.js';
import { encodePng } from '../media/png.js';
import { readImage } from '../media/read-image.js';
import { item } from '../python/convert.js';
import { pyStr } from '../python/dumps.js';
import { loads } from '../python/loads.js';
import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { dict, isPyDict } from '../python/value.js';
import type { Context, Route } from './route.js';

/** `POST /upload/image`: a file of any kind (ComfyUI notes, section 7). */
export const postUploadImage: Route = {
  name: 'upload',
  method: 'POST',
  path: /^\/upload\/image$/,
  handle: ({ raw, headers }, context) =>
    stored(formOf(raw, headers['content-type']), context, (bytes) => bytes),
};

/** `POST /upload/mask`: the transparency of one picture on another one. */
export const postUploadMask: Route = {
  name: 'uploadMask',
  method: 'POST',
  path: /^\/upload\/mask$/,
  handle: ({ raw, headers }, context) => {
    const form = formOf(raw, headers['content-type']);
    return stored(form, context, (bytes) => masked(bytes, textOf(form, 'original_ref'), context));
  },
};

const textOf = (form: ReadonlyMap<string, Field>, name: string): string | null => {
  const field = form.get(name);
  return field?.is === 'text' ? field.text : null;
};

/** `made` gives what is written; null: nothing is. */
const stored = (
  form: ReadonlyMap<string, Field>,
  { files, version, now }: Context,
  made: (bytes: Buffer) => Buffer | null,
): Answer => {
  const type = textOf(form, 'type') ?? 'input';
  if (!isFolderType(type))
    throw new Raised('UnboundLocalError', "cannot access local variable 'type_dir'");
  const image = form.get('image');
  if (image === undefined || (image.is === 'text' && image.text === '')) return empty(400);
  if (image.is === 'text')
    throw new Raised('AttributeError', "'str' object has no attribute 'file'");
  const subfolder = textOf(form, 'subfolder') ?? '';
  const folder = inside(subfolder);
  const path = folder === null ? null : inside(join(folder, image.name));
  if (folder === null || path === null || image.name.startsWith('/')) return empty(400);
  files.makeFolder(type, folder);
  const overwrite = ['true', '1'].includes(textOf(form, 'overwrite') ?? '');
  const ending = extname(image.name);
  const stem = image.name.slice(0, image.name.length - ending.length);
  let name = image.name;
  let isThere = false;
  for (let copy = 1; !overwrite; copy += 1) {
    const there = files.file(type, join(folder, name));
    if (there === null) break;
    isThere = version.sameBytes && there.bytes().equals(image.bytes);
    if (isThere) break;
    name = `${stem} (${copy})${ending}`;
  }
  if (!isThere) {
    const target = join(folder, name);
    if (!files.hasFolder(type, join(target, '..')))
      throw new Raised('FileNotFoundError', `[Errno 2] No such file or directory: '${target}'`);
    const bytes = made(image.bytes);
    if (bytes !== null) files.write(type, target, () => bytes, now());
  }
  return json(dict({ name, subfolder, type }));
};

/** Null where the original is missing: the answer is the same (section 7). */
const masked = (bytes: Buffer, original: string | null, { files }: Context): Buffer | null => {
  if (original === null)
    throw new Raised('TypeError', 'the JSON object must be str, bytes or bytearray, not NoneType');
  const reference = loads(original);
  const { name, type: named } = annotated(pyStr(item(reference, 'filename')));
  const told = (key: string, otherwise: string): string => {
    const value: Py = isPyDict(reference) ? (reference.get(key) ?? otherwise) : otherwise;
    return typeof value === 'string' ? value : otherwise;
  };
  const type = named ?? told('type', 'output');
  const subfolder = inside(told('subfolder', ''));
  if (name.startsWith('/') || name.includes('..') || !isFolderType(type) || subfolder === null)
    return null;
  const file = files.file(type, join(subfolder, name));
  if (file === null) return null;
  const [below, mask] = [readImage(file.bytes()), readImage(bytes)];
  if (below === null || mask === null)
    throw new Raised('PIL.UnidentifiedImageError', 'cannot identify image file');
  return encodePng(withAlpha(below.frame.pixels(), mask.alpha), below.texts);
};
