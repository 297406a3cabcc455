import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encode } from '../codec.js';
import type { Disk, DiskFile } from './disk.js';
import { replaceFile } from './disk.js';
import type { Recorded } from '../event.js';
import { takeLock } from './lock.js';

/** What became of a journal whose file is no longer at its place. */
export type Rescued =
  /** It is where it was. */
  | { readonly is: 'unneeded' }
  /** All that it held, and all that happened since, is in `stateDir` again. */
  | { readonly is: 'restored'; readonly stateDir: string }
  /** The same, in a folder beside: at its place another process has begun anew. */
  | { readonly is: 'beside'; readonly stateDir: string }
  /** What a store did not take is in a file on this machine. */
  | { readonly is: 'kept'; readonly path: string; readonly store: string }
  | { readonly is: 'failed'; readonly detail: string };

export interface Lost {
  readonly disk: Disk;
  readonly path: string;
  /** Still open: a deleted file can be read as long as it is. */
  readonly file: DiskFile;
  /** Whole records in it. */
  readonly bytes: number;
  /** What it did not take any more. */
  readonly unsaved: readonly Recorded[];
  readonly now: string;
}

/**
 * Writes a journal again whose folder was deleted or moved while an apply worked. Without it the
 * next apply would know of no task and pay for all of them again.
 */
export const rescueJournal = async (lost: Lost): Promise<Rescued> => {
  const { disk, path, file } = lost;
  try {
    const stateDir = dirname(path);
    const [there, own] = [await disk.identity(path), await file.identity()];
    if (there?.inode === own.inode) return { is: 'unneeded' };
    // Where the project itself is gone, nothing is to be made anew.
    await stat(dirname(dirname(stateDir)));
    const chunks = [await contentOf(lost), ...lost.unsaved.map((event) => bytesOf(event))];
    if (there === null && (await restored(lost, stateDir, chunks)))
      return { is: 'restored', stateDir };
    const beside = join(dirname(stateDir), `${basename(stateDir)}.rescued-${process.pid}`);
    return (await restored(lost, beside, chunks))
      ? { is: 'beside', stateDir: beside }
      : { is: 'failed', detail: `${beside} is in use` };
  } catch (cause) {
    return { is: 'failed', detail: cause instanceof Error ? cause.message : String(cause) };
  }
};

const bytesOf = (event: Recorded): Uint8Array => new TextEncoder().encode(encode(event));

const contentOf = async ({ file, bytes }: Lost): Promise<Uint8Array> => {
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes;) {
    const read = await file.read(content.subarray(at), at);
    if (read === 0) throw new Error('what the journal held cannot be read any more');
    at += read;
  }
  return content;
};

/** @returns false where another process is at work in that folder, or has a journal there. */
const restored = async (
  { disk, path, now }: Lost,
  stateDir: string,
  chunks: readonly Uint8Array[],
): Promise<boolean> => {
  await disk.mkdir(stateDir);
  const locked = await takeLock(join(stateDir, 'lock'), 'rh-batch apply', now);
  if (!locked.ok) return false;
  try {
    const target = join(stateDir, basename(path));
    if ((await disk.identity(target)) !== null) return false;
    await disk.createNew(join(stateDir, '.gitignore'), '*\n', 0o600);
    await replaceFile(disk, target, chunks);
    return true;
  } finally {
    await locked.lock.release();
  }
};
