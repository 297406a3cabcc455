import type { Dirent } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { BoundedWalk } from './bounded-walk.js';
import { errorCode } from '../error-code.js';
import type { DeadLink } from './files.js';
import { globbed } from './glob.js';

/** Links that a glob would take, or look into, if there were something where they lead. */
export const deadLinks = async (
  dir: string,
  patterns: readonly string[],
  exclude: readonly string[],
  walk: BoundedWalk,
): Promise<readonly DeadLink[]> => {
  const targets = new Map<string, string>();
  const entered = new Set<string>();
  // To the glob each of them is a file and a folder: it takes what its patterns mean.
  const withDead = async (folder: string, entries: unknown): Promise<unknown> => {
    if (!Array.isArray(entries)) return entries;
    const seen: readonly Dirent[] = entries;
    const shown = seen.map(async (entry) => {
      const path = resolve(folder, entry.name);
      const target = entry.isSymbolicLink() ? await targetOfDead(path) : null;
      if (target === null) return [entry];
      targets.set(path, target);
      return [standIn(entry, 'file'), standIn(entry, 'folder')];
    });
    return (await Promise.all(shown)).flat();
  };
  const readdir = new Proxy(walk.readdir, {
    apply: (target, self: unknown, args: readonly unknown[]): unknown => {
      const [path] = args;
      const told = args.at(-1);
      if (typeof told !== 'function' || typeof path !== 'string')
        return Reflect.apply(target, self, args);
      const tell = (failed: unknown, entries: unknown): void => {
        Reflect.apply(told, undefined, [failed, entries]);
      };
      const absolute = resolve(path);
      if (targets.has(absolute)) {
        entered.add(absolute);
        tell(null, []);
        return;
      }
      const shown = (failed: unknown, entries: unknown): void => {
        void withDead(path, entries).then(
          (all) => tell(failed, all),
          () => tell(failed, entries),
        );
      };
      return Reflect.apply(target, self, [...args.slice(0, -1), shown]);
    },
  });
  const found = await globbed(dir, patterns, exclude, { readdir });
  const dead = (path: string): DeadLink[] => {
    const to = targets.get(resolve(dir, path));
    return to === undefined ? [] : [{ path, to }];
  };
  const files = found.flatMap(dead);
  const folders = [...entered].sort().map((path) => relative(dir, path).split(sep).join('/'));
  const taken = new Set(files.map(({ path }) => path));
  return [...files, ...folders.filter((path) => !taken.has(path)).flatMap(dead)];
};

/** Where a link leads that leads to nothing; null: there is something, or it is no link. */
export const targetOfDead = async (path: string): Promise<string | null> => {
  try {
    await stat(path);
    return null;
  } catch (cause) {
    return gone.has(errorCode(cause) ?? '') ? await readlink(path).catch(() => null) : null;
  }
};

/** Nothing is there, or the link leads back to itself. */
const gone: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

const standIn = (entry: Dirent, as: 'file' | 'folder'): Dirent =>
  new Proxy(entry, {
    get: (target, key): unknown => {
      if (key === 'isSymbolicLink') return () => false;
      if (key === 'isFile') return () => as === 'file';
      if (key === 'isDirectory') return () => as === 'folder';
      return Reflect.get(target, key);
    },
  });
