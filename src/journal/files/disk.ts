import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../edges/error-code.js';
import { renameFile, syncFolder } from '../../edges/files/rename.js';
import { temporaryName } from '../../edges/files/temporary.js';
import { createWhole } from '../../edges/files/whole.js';

/** The few file operations that durability rests on; tests put failures and crashes here. */
export interface Disk {
  open(path: string, flags: string, mode?: number): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Inode and size; null where there is nothing. */
  identity(path: string): Promise<{ readonly inode: number; readonly size: number } | null>;
  /** A rename is durable only once its folder is. */
  syncFolder(path: string): Promise<void>;
  /** Whole or not at all; false where there is one already. */
  createNew(path: string, text: string, mode: number): Promise<boolean>;
  list(path: string): Promise<readonly string[]>;
}

export interface DiskFile {
  /** May write less than all. */
  write(bytes: Uint8Array): Promise<number>;
  read(buffer: Uint8Array, position: number): Promise<number>;
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  identity(): Promise<{ readonly inode: number; readonly size: number; readonly links: number }>;
  close(): Promise<void>;
}

export const nodeDisk: Disk = {
  open: async (path, flags, mode = 0o600) => fileOf(await open(path, flags, mode)),
  rename: (from, to) => renameFile(from, to),
  unlink,
  mkdir: async (path) => {
    await mkdir(path, { recursive: true });
  },
  identity: async (path) => {
    try {
      const { ino, size } = await stat(path);
      return { inode: ino, size };
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return null;
      throw cause;
    }
  },
  syncFolder: (path) => syncFolder(path),
  createNew: createWhole,
  list: (path) => readdir(path),
};

const fileOf = (handle: FileHandle): DiskFile => ({
  write: async (bytes) => (await handle.write(bytes)).bytesWritten,
  read: async (buffer, position) =>
    (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
  datasync: () => handle.datasync(),
  truncate: (bytes) => handle.truncate(bytes),
  identity: async () => {
    const { ino, size, nlink } = await handle.stat();
    return { inode: ino, size, links: nlink };
  },
  close: () => handle.close(),
});

/** Whole new content or the old one, never a mixture: temporary file, sync, rename, folder sync. */
export const replaceFile = async (
  disk: Disk,
  path: string,
  chunks: Iterable<Uint8Array>,
): Promise<void> => {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    const file = await disk.open(temporary, 'wx');
    try {
      for (const chunk of chunks) await writeAll(file, chunk);
      await file.datasync();
    } finally {
      await file.close();
    }
    await disk.rename(temporary, path);
  } catch (cause) {
    await disk.unlink(temporary).catch(() => undefined);
    throw cause;
  }
  await disk.syncFolder(dirname(path));
};

export const writeAll = async (file: DiskFile, bytes: Uint8Array): Promise<void> => {
  for (let from = 0; from < bytes.length;) {
    const written = await file.write(bytes.subarray(from));
    if (written === 0) throw new Error('the disk took no bytes');
    from += written;
  }
};
