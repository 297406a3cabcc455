import { isAbsolute, join, parse, resolve, sep } from 'node:path';
import { nearest } from '../diagnostics/nearest.js';
import type { Files } from '../edges/files/files.js';
import { differenceFrom, isSameComposed, lookAlikes } from '../values/look-alike.js';

/** A file that is there, beside one that was named and is not. */
export interface NearPath {
  readonly absolute: string;
  /** The name is the same to every person, and to some file systems: another Unicode form. */
  readonly same: boolean;
  /** What to write instead, and why. */
  readonly hint: string;
}

/** Looks from folder to folder for the file that a path may mean. null: nothing near is there. */
export const nearPath = async (
  path: string,
  dir: string,
  files: Pick<Files, 'names'>,
): Promise<NearPath | null> => {
  const bare = unquoted(path);
  const quoted = bare !== path;
  const backslashes = bare.includes('\\');
  const written = backslashes ? bare.replaceAll('\\', '/') : bare;
  const parts = written.split('/').filter((part) => part !== '');
  const real: string[] = [];
  let at = isAbsolute(written) ? parse(written).root : dir;
  let other: readonly [string, string] | null = null;
  let similar = false;
  for (const [index, name] of parts.entries()) {
    const names = name === '.' || name === '..' ? [name] : await files.names(at);
    let found = names.includes(name) ? name : lookAlikes(name, names)[0];
    if (found === undefined && index === parts.length - 1 && other === null) {
      found = nearest(name, names)[0] ?? names.find((other) => stemOf(other) === stemOf(name));
      similar = true;
    }
    if (found === undefined) return null;
    if (found !== name) other ??= [name, found];
    real.push(found);
    at = join(at, found);
  }
  if (other === null && !backslashes && !quoted) return null;
  const shown = `${isAbsolute(written) ? '/' : ''}${real.join('/')}`;
  const same = other !== null && !backslashes && !quoted && !similar && isSameComposed(...other);
  return { absolute: at, same, hint: hintOf(shown, other, { backslashes, quoted, similar }) };
};

/** Of so many files that are not there others are looked for: few of them are told. */
const mostLooked = 100;

/** Each file once, however many cells name it. */
export class NearPaths {
  readonly #found = new Map<string, Promise<NearPath | null>>();

  constructor(private readonly files: Pick<Files, 'names'>) {}

  of(path: string, dir: string): Promise<NearPath | null> {
    const key = resolve(dir, path);
    let near = this.#found.get(key);
    if (near === undefined) {
      if (this.#found.size >= mostLooked) return Promise.resolve(null);
      this.#found.set(key, (near = nearPath(path, dir, this.files)));
    }
    return near;
  }
}

const hintOf = (
  shown: string,
  other: readonly [string, string] | null,
  {
    backslashes,
    quoted,
    similar,
  }: { readonly backslashes: boolean; readonly quoted: boolean; readonly similar: boolean },
): string => {
  if (similar && !backslashes) return `did you mean "${shown}"?`;
  const why = [
    ...(quoted ? ['the quotes are no part of the name'] : []),
    ...(backslashes ? ['folders are separated by / here, not by \\'] : []),
    ...(other === null || similar ? [] : [differenceFrom(...other)]),
  ];
  return `write ${shown}: ${why.join('; ')}`;
};

/** What "copy as path" puts around a name. */
const unquoted = (path: string): string => /^(["'])(.+)\1$/.exec(path.trim())?.[2] ?? path;

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase();

/** Why a path may lead nowhere, by its look alone. */
export const pathHint = (path: string): string => {
  if (/^file:\/\//i.test(path)) return 'write the path of the file, without file://';
  if (/^[a-z]:[\\/]/i.test(path) && sep === '/')
    return 'this is a path of Windows: write where the file is on this machine, with /';
  if (path.startsWith('~')) return '"~" is read by shells only: write the whole path';
  const start = 'paths start at the folder of the file that names them';
  return path.includes('\\') && sep === '/'
    ? `folders are separated by / here, not by \\; ${start}`
    : start;
};
