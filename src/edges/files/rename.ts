import type { FileHandle } from 'node:fs/promises';
import { open, rename } from 'node:fs/promises';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { errorCode } from '../error-code.js';

/** What Windows answers while another program has one of the two files open. */
const inUse: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Together about two and a half seconds: longer than a virus scanner or an indexer looks at a file. */
const pausesMs = [10, 20, 40, 80, 160, 320, 640, 1280];

/** Whether a file may not be replaced because another program reads it, such as a spreadsheet. */
export const isInUse = (cause: unknown, platform = process.platform): boolean =>
  platform === 'win32' && inUse.has(errorCode(cause) ?? '');

interface RenameEdges {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly pause: (ms: number) => Promise<unknown>;
}

const machine: RenameEdges = { platform: process.platform, rename, pause: pauseFor };

/**
 * Renames, also over a file. Windows refuses that while another program reads one of the two, as a
 * virus scanner does with every new file, so there it is tried for a moment.
 */
export const renameFile = async (from: string, to: string, edges = machine): Promise<void> => {
  const pauses = edges.platform === 'win32' ? pausesMs : [];
  for (const ms of pauses) {
    try {
      await edges.rename(from, to);
      return;
    } catch (cause) {
      if (!isInUse(cause, edges.platform)) throw cause;
      await edges.pause(ms);
    }
  }
  await edges.rename(from, to);
};

/** Windows, and some network file systems, have no such thing for a folder. */
const unknownHere: ReadonlySet<string> = new Set([
  ...['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'],
]);

/**
 * Makes a rename in this folder durable where the system can; the file's content is so already.
 *
 * @throws where the disk itself fails.
 */
export const syncFolder = async (
  dir: string,
  openFolder: (path: string) => Promise<Pick<FileHandle, 'sync' | 'close'>> = open,
): Promise<void> => {
  try {
    const folder = await openFolder(dir);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    if (!unknownHere.has(errorCode(cause) ?? '')) throw cause;
  }
};
