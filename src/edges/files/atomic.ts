import { mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renameFile } from './rename.js';
import { temporaryName } from './temporary.js';

const flushAt = 1 << 20;

/**
 * Writes a file whole or not at all: temporary file, sync, rename. Large content comes in pieces.
 * Without `sync` a crash of the whole machine may leave it empty.
 */
export const writeAtomically = async (
  path: string,
  chunks: Iterable<string | Uint8Array>,
  { sync }: { readonly sync: boolean } = { sync: true },
): Promise<void> => {
  const dir = dirname(path);
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, temporaryName(basename(path)));
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      let pending = '';
      for (const chunk of chunks) {
        if (typeof chunk === 'string') pending += chunk;
        if (typeof chunk === 'string' && pending.length < flushAt) continue;
        await file.writeFile(pending);
        pending = '';
        if (typeof chunk !== 'string') await file.writeFile(chunk);
      }
      await file.writeFile(pending);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
    await renameFile(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
};
