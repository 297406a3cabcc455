import { basename, dirname, normalize } from 'node:path/posix';
import type { FolderType, Storage } from '../files.js';
import { inside } from '../files.js';
import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { dict } from '../python/value.js';

/** Where the next file of a prefix goes (ComfyUI notes, section 3, "Files"). */
export interface SavePath {
  readonly subfolder: string;
  readonly base: string;
  /** The highest number that is there, plus one. */
  readonly counter: number;
}

export const savePath = (
  files: Storage,
  type: FolderType,
  given: string,
  size: { readonly width: number; readonly height: number },
  now: number,
): SavePath => {
  const prefix = given.includes('%') ? withVariables(given, size, now) : given;
  const plain = normalize(prefix === '' ? '.' : prefix).replace(/\/$/, '');
  const folder = dirname(plain);
  const subfolder = folder === '.' ? '' : folder;
  const base = basename(plain);
  if (inside(subfolder) === null) {
    const root = `/root/ComfyUI/${type}`;
    throw new Raised(
      'Exception',
      `**** ERROR: Saving image outside the output folder is not allowed.\n full_output_folder: ${normalize(`${subfolder.startsWith('/') ? '' : `${root}/`}${subfolder}`)}\n         output_dir: ${root}\n         commonpath: /root/ComfyUI`,
    );
  }
  files.makeFolder(type, subfolder);
  const numbers = files
    .names(type, subfolder)
    .filter((name) => name.startsWith(`${base}_`))
    .map((name) => /^\s*[+-]?\d+\s*$/.exec(name.slice(base.length + 1).split('_')[0] ?? '')?.[0])
    .map((digits) => (digits === undefined ? 0 : Number(digits)));
  return { subfolder, base, counter: Math.max(0, ...numbers) + 1 };
};

const withVariables = (
  prefix: string,
  { width, height }: { readonly width: number; readonly height: number },
  now: number,
): string => {
  const time = new Date(now);
  const two = (value: number): string => String(value).padStart(2, '0');
  const variables: Readonly<Record<string, string>> = {
    width: String(width),
    height: String(height),
    year: String(time.getFullYear()),
    month: two(time.getMonth() + 1),
    day: two(time.getDate()),
    hour: two(time.getHours()),
    minute: two(time.getMinutes()),
    second: two(time.getSeconds()),
  };
  return prefix.replace(/%(\w+)%/g, (whole, name: string) => variables[name] ?? whole);
};

/** Puts one file in place; what /history says of it. */
export const saved = (
  files: Storage,
  type: FolderType,
  { subfolder, base, counter }: SavePath,
  ending: string,
  bytes: () => Buffer,
  now: number,
): Py => {
  const filename = `${base}_${String(counter).padStart(5, '0')}_.${ending}`;
  if (Buffer.byteLength(filename) > 255)
    throw new Raised(
      'OSError',
      `[Errno 36] File name too long: '/root/ComfyUI/${type}/${subfolder}/${filename}'`,
    );
  files.write(type, subfolder === '' ? filename : `${subfolder}/${filename}`, bytes, now);
  return dict({ filename, subfolder, type });
};
