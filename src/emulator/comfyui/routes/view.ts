import { basename, join } from 'node:path/posix';
import type { StoredFile } from '../files.js';
import { annotated, inside, isFolderType } from '../files.js';
import type { Answer } from '../http/answers.js';
import { empty } from '../http/answers.js';
import { fileAnswer, typeOfName } from '../http/file-answer.js';
import { encodeJpeg } from '../media/jpeg.js';
import { withAlpha } from '../media/pixels.js';
import { encodePng } from '../media/png.js';
import { readImage, rgba } from '../media/read-image.js';
import { encodeWebp } from '../media/webp.js';
import { Raised } from '../python/raised.js';
import type { Route } from './route.js';

/** `GET /view`: one file (ComfyUI notes, section 7). */
export const getView: Route = {
  name: 'view',
  method: 'GET',
  path: /^\/view$/,
  handle: (received, { files, version }) => {
    const { query } = received;
    const given = query.get('filename');
    if (given === null) return empty(404);
    const { name, type: named } = annotated(given);
    if (name === '') {
      if (version.newEngine) return empty(400);
      throw new Raised('IndexError', 'string index out of range');
    }
    if (name.startsWith('/') || name.includes('..')) return empty(400);
    const type = named ?? query.get('type') ?? 'output';
    if (!isFolderType(type)) return empty(400);
    const subfolder = inside(query.get('subfolder') ?? '');
    if (subfolder === null) return empty(403);
    const file = basename(name);
    const stored = files.file(type, join(subfolder, file));
    if (stored === null) return empty(404);
    return query.has('preview')
      ? preview(stored, file, query)
      : query.get('channel') === 'rgb' || query.get('channel') === 'a'
        ? channel(stored, file, query.get('channel') === 'a')
        : fileAnswer(received, stored, file, contentType(file));
  },
};

/** What could run in a browser is only offered for download. */
const contentType = (name: string): string =>
  /\.(?:html?|xhtml|m?js|css)$/i.test(name) ? 'application/octet-stream' : typeOfName(name);

const opened = (stored: StoredFile, name: string) => {
  const image = readImage(stored.bytes());
  if (image !== null) return image;
  throw new Raised('PIL.UnidentifiedImageError', `cannot identify image file '${name}'`);
};

/** `preview=webp;90` or `jpeg`: encoded anew. */
const preview = (stored: StoredFile, name: string, query: URLSearchParams): Answer => {
  const image = opened(stored, name);
  const wanted = query.get('preview')?.split(';')[0] ?? '';
  const channels = query.get('channel') ?? '';
  const format = wanted === 'jpeg' && !channels.includes('a') ? 'jpeg' : 'webp';
  const body =
    format === 'jpeg'
      ? encodeJpeg(image.frame.pixels())
      : encodeWebp(image.hasAlpha && channels !== 'rgb' ? rgba(image) : image.frame.pixels());
  return picture(body, `image/${format}`, name);
};

/** `channel=rgb` without transparency, `channel=a` with nothing else. */
const channel = (stored: StoredFile, name: string, onlyAlpha: boolean): Answer => {
  const image = opened(stored, name);
  const { width, height } = image.frame;
  const pixels = onlyAlpha
    ? withAlpha(
        { width, height, channels: 3, data: new Uint8Array(width * height * 3) },
        image.alpha,
      )
    : image.frame.pixels();
  return picture(encodePng(pixels), 'image/png', name);
};

const picture = (body: Buffer, type: string, name: string): Answer => ({
  status: 200,
  headers: { 'content-type': type, 'content-disposition': `filename="${name}"` },
  body,
});
