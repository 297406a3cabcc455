import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BoundedWalk, walkLimits } from './bounded-walk.js';
import { deadLinks } from './dead-links.js';
import type { Beside } from './files.js';
import { baseOf, globbed } from './glob.js';

const nothing: Beside = { otherCase: [], outside: [], again: [], dead: [], unread: [] };

/** What a glob leaves out, or should. Where it cannot be told, nothing is. */
export const besideGlob = async (
  dir: string,
  patterns: readonly string[],
  exclude: readonly string[],
  limits = walkLimits,
): Promise<Beside> => {
  const find = async (walk: BoundedWalk, caseless = false): Promise<readonly string[]> => {
    const asked = caseless ? patterns.map(inAnyCase) : patterns;
    const found = await globbed(dir, asked, exclude, walk, caseless);
    if (walk.over !== null) throw new Error(walk.over);
    return found;
  };
  try {
    const walk = new BoundedWalk(limits);
    const all = await find(walk, true);
    const asWritten = new BoundedWalk(limits);
    const exact = await find(asWritten);
    const found = new Set(exact);
    const otherCase = all.filter((path) => !found.has(path));
    const unread = [...asWritten.unread].map(([path, code]) => ({
      path: relative(dir, path).split(sep).join('/') || '.',
      code,
    }));
    if (!walk.sawLinks && !asWritten.sawLinks) return { ...nothing, otherCase, unread };
    const dead = await deadLinks(dir, patterns, exclude, new BoundedWalk(limits));
    return { otherCase, ...(await throughLinks(dir, patterns, exact)), dead, unread };
  } catch {
    return nothing;
  }
};

/** Where links of the found ones lead. A file that is named by the patterns' own folders is inside. */
const throughLinks = async (
  dir: string,
  patterns: readonly string[],
  found: readonly string[],
): Promise<Pick<Beside, 'outside' | 'again'>> => {
  const roots = await Promise.all(
    [dir, ...patterns.map((pattern) => join(dir, baseOf(pattern)))].map(realOf),
  );
  const inside = (real: string): boolean =>
    roots.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep));
  const reals: (readonly [path: string, real: string, direct: boolean])[] = [];
  const folders = new Map<string, string>();
  for (const path of found) {
    const absolute = resolve(dir, path);
    const folder = dirname(absolute);
    const realFolder = folders.get(folder) ?? (await realOf(folder));
    folders.set(folder, realFolder);
    reals.push([path, await realOf(absolute), realFolder === (await plainFolder(dir, folder))]);
  }
  const direct = new Set(reals.flatMap(([, real, isDirect]) => (isDirect ? [real] : [])));
  return {
    outside: reals.flatMap(([path, real]) => (inside(real) ? [] : [path])),
    again: reals.flatMap(([path, real, isDirect]) =>
      !isDirect && inside(real) && direct.has(real) ? [path] : [],
    ),
  };
};

/** Where a folder is if nothing below the one that globs start at is a link. */
const plainFolder = async (dir: string, folder: string): Promise<string> =>
  folder === dir || folder.startsWith(dir + sep)
    ? (await realOf(dir)) + folder.slice(dir.length)
    : folder;

const realOf = (path: string): Promise<string> => realpath(path).catch(() => path);

/** The folders before the first sign are looked up as they are written: with a class for each letter they are not. */
const inAnyCase = (pattern: string): string => {
  const base = baseOf(pattern);
  if (base === '.') return pattern;
  const loose = base.replace(
    /[a-z]/gi,
    (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`,
  );
  return loose + pattern.slice(base.length);
};
