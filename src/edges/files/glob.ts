import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { BoundedWalk, walkLimits } from './bounded-walk.js';
import type { Beside } from './files.js';

/** Regular files that match, sorted by bytes. */
export const globbed = async (
  dir: string,
  patterns: readonly string[],
  exclude: readonly string[],
  walk: BoundedWalk,
  caseless = false,
): Promise<readonly string[]> => {
  const { glob } = await import('tinyglobby');
  const found = await glob([...patterns], {
    cwd: dir,
    ignore: [...exclude],
    onlyFiles: true,
    dot: false,
    expandDirectories: false,
    caseSensitiveMatch: !caseless,
    fs: { readdir: walk.readdir },
  });
  const bytes = new Map(found.map((path) => [path, Buffer.from(path)]));
  const empty = Buffer.alloc(0);
  return [...bytes.keys()].sort((a, b) =>
    Buffer.compare(bytes.get(a) ?? empty, bytes.get(b) ?? empty),
  );
};

const nothing: Beside = { otherCase: [], outside: [], again: [] };

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
    const exact = await find(new BoundedWalk(limits));
    const found = new Set(exact);
    const otherCase = all.filter((path) => !found.has(path));
    if (!walk.sawLinks) return { ...nothing, otherCase };
    return { otherCase, ...(await throughLinks(dir, patterns, exact)) };
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

/** The folders that a pattern names before its first sign. */
const baseOf = (pattern: string): string => {
  const parts = pattern.split('/');
  const magic = parts.findIndex((part) => /[*?[\]{}()!+@\\]/.test(part));
  return parts.slice(0, magic === -1 ? -1 : magic).join('/') || '.';
};
