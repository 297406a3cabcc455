import type { Storage } from '../files.js';
import { annotated } from '../files.js';
import { digest, frameOf, withoutAlpha } from '../media/pixels.js';
import { readImage } from '../media/read-image.js';
import { Raised } from '../python/raised.js';
import type { PyDict } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Frame } from '../run/values.js';
import type { Work } from '../run/work.js';
import { madeFrom, textOf } from '../run/work.js';
import { choice, combo } from './inputs.js';
import type { InputSpec, Lists, NodeClass, Result } from './node-class.js';

/** Where `name`, `sub/name` or `name [output]` is kept (ComfyUI notes, section 7). */
const placeOf = (value: string, fallback: 'input' | 'output' = 'input') => {
  const { name, type } = annotated(value);
  return { type: type ?? fallback, path: name };
};

const bytesOf = (files: Storage, value: string): Buffer | null => {
  const { type, path } = placeOf(value);
  return path === '' || path.startsWith('/') ? null : (files.file(type, path)?.bytes() ?? null);
};

/** A folder, the empty name too, is there and passes; reading it fails (section 5). */
const isThere = (files: Storage, value: string): boolean => {
  const { type, path } = placeOf(value);
  return path.startsWith('/') || files.file(type, path) !== null || files.hasFolder(type, path);
};

/** The bytes of a file that a prompt names, where it passed the check. */
const opened = ({ files }: Work, value: string): Buffer => {
  const bytes = bytesOf(files, value);
  if (bytes !== null) return bytes;
  const path = `/root/ComfyUI/${placeOf(value).type}/${placeOf(value).path}`;
  throw value === '' || !value.startsWith('/')
    ? new Raised('IsADirectoryError', `[Errno 21] Is a directory: '${path}'`)
    : new Raised('FileNotFoundError', `[Errno 2] No such file or directory: '${value}'`);
};

const loader = (
  name: string,
  what: string,
  input: (lists: Lists) => InputSpec,
  more: Pick<NodeClass, 'output' | 'run'> & Partial<NodeClass>,
): NodeClass => ({
  input: (lists) => ({ required: { [name]: input(lists) } }),
  category: what,
  checks: {
    input: name,
    mistake: (value, { files }) =>
      isThere(files, value) ? null : `Invalid ${what} file: ${value}`,
  },
  fingerprint: (inputs, { files }) => fingerprint(inputs, name, files),
  ...more,
});

const fingerprint = (inputs: PyDict, name: string, files: Storage): string => {
  const value = inputs.get(name);
  return digest(typeof value === 'string' ? (bytesOf(files, value) ?? value) : '');
};

const image = (work: Work): { readonly frame: Frame; readonly mask: Frame } => {
  const name = textOf(work, 'image');
  const read = readImage(opened(work, name));
  if (read === null)
    throw new Raised(
      'PIL.UnidentifiedImageError',
      `cannot identify image file '/root/ComfyUI/${placeOf(name).type}/${placeOf(name).path}'`,
    );
  const { frame } = read;
  const mask = frameOf(read.hasAlpha ? frame.width : 64, read.hasAlpha ? frame.height : 64, () => {
    const [width, height] = read.hasAlpha ? [frame.width, frame.height] : [64, 64];
    const data = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at += 1)
      data.fill(read.hasAlpha ? 255 - read.alpha(at) : 0, at * 3, at * 3 + 3);
    return { width, height, channels: 3, data };
  });
  return { frame: frameOf(frame.width, frame.height, () => withoutAlpha(frame.pixels())), mask };
};

const loadImage = (work: Work): Result => {
  const { frame, mask } = image(work);
  const identity = `${madeFrom(work)} ${digest(bytesOf(work.files, textOf(work, 'image')) ?? '')}`;
  return {
    outputs: [
      { is: 'image', frames: [frame], identity },
      { is: 'mask', frames: [mask], identity: `${identity} mask` },
    ],
  };
};

/** Nodes that read uploaded files. */
export const loads: Readonly<Record<string, NodeClass>> = {
  LoadImage: loader(
    'image',
    'image',
    (lists) => choice(lists.inputs('image'), { image_upload: true }),
    {
      output: ['IMAGE', 'MASK'],
      displayName: 'Load Image',
      run: loadImage,
    },
  ),
  LoadImageMask: {
    ...loader('image', 'image', (lists) => choice(lists.inputs('image'), { image_upload: true }), {
      output: ['MASK'],
      run: (work) => ({ outputs: loadImage(work).outputs.slice(1) }),
    }),
    input: (lists) => ({
      required: {
        image: choice(lists.inputs('image'), { image_upload: true }),
        channel: choice(['alpha', 'red', 'green', 'blue']),
      },
    }),
    displayName: 'Load Image (as Mask)',
    category: 'mask',
  },
  LoadImageOutput: loader(
    'image',
    'image',
    () => [
      'COMBO',
      dict({
        image_upload: true,
        image_folder: 'output',
        remote: dict({
          route: '/internal/files/output',
          refresh_button: true,
          control_after_refresh: 'first',
        }),
      }),
    ],
    {
      output: ['IMAGE', 'MASK'],
      displayName: 'Load Image (from Outputs)',
      isNew: true,
      run: loadImage,
    },
  ),
  LoadAudio: loader(
    'audio',
    'audio',
    (lists) => choice(lists.inputs('audio'), { audio_upload: true }),
    {
      output: ['AUDIO'],
      displayName: 'LoadAudio',
      isNew: true,
      module: 'comfy_extras.nodes_audio',
      run: (work) => {
        const bytes = opened(work, textOf(work, 'audio'));
        return { outputs: [{ is: 'sound', wav: () => bytes, identity: digest(bytes) }] };
      },
    },
  ),
  LoadVideo: loader(
    'file',
    'video',
    (lists) => combo(lists.inputs('video'), { video_upload: true }),
    {
      output: ['VIDEO'],
      category: 'image/video',
      displayName: 'Load Video',
      isNew: true,
      module: 'comfy_extras.nodes_video',
      run: (work) => {
        const bytes = opened(work, textOf(work, 'file'));
        return {
          outputs: [
            { is: 'film', frames: [], fps: 24, bytes: () => bytes, identity: digest(bytes) },
          ],
        };
      },
    },
  ),
};
