import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, open, stat, symlink } from 'node:fs/promises';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { errorCode } from '../../edges/error-code.js';
import { machineText } from '../../edges/machine.js';
import { NodeOutputFiles, sha256Of } from '../../edges/files/output-files.js';
import { writeZip } from '../../edges/files/zip.js';
import type { SavedFile } from '../../journal/event.js';

/** Chosen pictures, and the folders where they may lie, likeliest first. */
export interface Chosen {
  readonly files: readonly SavedFile[];
  readonly folders: readonly string[];
}

export interface Taken {
  /** What stands there now, by the names that it has there. */
  readonly names: readonly string[];
  /** Why others do not, for people. */
  readonly left: readonly string[];
}

type Place = (file: SavedFile, absolute: string) => Promise<string | { readonly name: string }>;

const each = async ({ files, folders }: Chosen, place: Place): Promise<Taken> => {
  const names: string[] = [];
  const left: string[] = [];
  for (const file of files) {
    const absolute = await placeOf(file, folders);
    const placed =
      absolute === null
        ? 'is not there any more'
        : await place(file, absolute).catch((cause: unknown) => machineText(cause));
    if (typeof placed === 'string') left.push(`${file.path}: ${placed}`);
    else names.push(placed.name);
  }
  return { names, left };
};

/** null: it is in none of the folders as it was saved. */
const placeOf = async (
  { path, bytes }: SavedFile,
  folders: readonly string[],
): Promise<string | null> => {
  for (const folder of folders) {
    const absolute = resolve(folder, path);
    // A journal of someone else's is no reason to read any file.
    if (!absolute.startsWith(folder + sep)) continue;
    const facts = await stat(absolute).catch(() => null);
    if (facts?.isFile() === true && facts.size === bytes) return absolute;
  }
  return null;
};

/** Copies stand under their own names, or numbered ones where another file has it. */
export const copyTo = async (dir: string, chosen: Chosen): Promise<Taken> => {
  const copies = new NodeOutputFiles({ dir, onExist: 'rename', refuse: () => null });
  return each(chosen, async ({ path, sha256, bytes, type }, absolute) => {
    if ((await sha256Of(absolute)) !== sha256) return 'is not as it was saved';
    const received = await copies.receive(path, sha256, createReadStream(absolute), {
      offset: 0,
      totalBytes: bytes,
      type,
    });
    if (received.is !== 'whole') return `cannot be copied (${received.message})`;
    const finished = await copies.finish(path, sha256);
    return finished.ok ? { name: finished.file.path } : `cannot be copied (${finished.message})`;
  });
};

/** Second names of the same files; on another disk links that point to them. */
export const linkTo = (dir: string, chosen: Chosen): Promise<Taken> =>
  each(chosen, async ({ path, sha256 }, absolute) => {
    for (let copy = 1; ; copy += 1) {
      const name = copy === 1 ? path : numbered(path, copy);
      const target = join(dir, name);
      await mkdir(dirname(target), { recursive: true });
      if ((await lstat(target).catch(() => null)) === null) {
        await linked(absolute, target);
        return { name };
      }
      const there = await sha256Of(target).catch(() => null);
      if (there === sha256) return { name };
    }
  });

const linked = async (from: string, target: string): Promise<void> => {
  try {
    await link(from, target);
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') throw cause;
    await symlink(from, target);
  }
};

const numbered = (path: string, copy: number): string => {
  const { dir, name, ext } = posix.parse(path);
  return posix.join(dir, `${name}-${copy}${ext}`);
};

/** Whether something stands there that is no archive, so that nobody would want it replaced. */
const isOther = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return (await stat(path).catch(() => null)) !== null;
  try {
    const head = new Uint8Array(2);
    const { bytesRead } = await file.read(head, 0, 2, 0);
    return bytesRead < 2 || head[0] !== 0x50 || head[1] !== 0x4b;
  } catch {
    return true;
  } finally {
    await file.close();
  }
};

/** A text is why there is no archive. */
export const zipTo = async (path: string, chosen: Chosen): Promise<Taken | string> => {
  if (await isOther(path)) return 'the file there is no zip file, and is left as it is';
  const entries: { name: string; path: string; mtimeMs: number }[] = [];
  const taken = await each(chosen, ({ path: name, mtimeMs }, absolute) => {
    entries.push({ name, path: absolute, mtimeMs });
    return Promise.resolve({ name });
  });
  try {
    await writeZip(path, entries);
    return taken;
  } catch (cause) {
    return machineText(cause);
  }
};
