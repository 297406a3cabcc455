import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { renameFile } from '../../edges/files/rename.js';
import { temporaryName } from '../../edges/files/temporary.js';
import { createWhole } from '../../edges/files/whole.js';
import { errorCode } from '../../edges/error-code.js';
import type { Found, Holder } from './holder.js';
import { isHere, livesHere, readHolder, startOf, whyHeld } from './holder.js';

export type { Holder } from './holder.js';

export type Locked =
  | { readonly ok: true; readonly lock: Lock; readonly tookOver: TookOver | null }
  /** `why` is a sentence for people; `holder` is null where nobody can be named. */
  | { readonly ok: false; readonly holder: Holder | null; readonly why: string };

/** Whose lock it was; null: it was damaged and named nobody. */
export interface TookOver {
  readonly holder: Holder | null;
}

/** Whether a lock that was taken is still there. */
export type Hold =
  | { readonly is: 'held' }
  /** Another process has it, or it was overwritten. Null: nobody is named. */
  | { readonly is: 'taken'; readonly by: Holder | null }
  /** The file, or the whole folder, is not there any more, or cannot be read: `why` in words. */
  | { readonly is: 'gone'; readonly why: string };

/** A held lock. */
export interface Lock {
  /** One small read: to be asked before everything that only the holder may do. Never throws. */
  stillHeld(): Promise<Hold>;
  /** Removes the file, if it is still ours. Never throws. */
  release(): Promise<void>;
}

const attempts = 5;

/**
 * Takes the lock file. Same host and dead process (or another process under its pid): taken
 * over. Alive: refused. Another host: nobody here can know, refused until `rh-batch unlock`.
 */
export const takeLock = async (path: string, command: string, now: string): Promise<Locked> => {
  const own: Holder = {
    pid: process.pid,
    started: await startOf(process.pid),
    host: hostname(),
    command,
    since: now,
    token: randomUUID(),
  };
  let tookOver: TookOver | null = null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await createWhole(path, `${JSON.stringify(own)}\n`, 0o600))
      return { ok: true, lock: lockOf(path, own.token), tookOver };
    const found = await readSettled(path);
    if (found.is === 'gone') continue;
    const why = found.holder === null ? null : await whyHeld(found.holder);
    if (why !== null) return { ok: false, holder: found.holder, why };
    if (await moveAside(path, found.text)) tookOver = { holder: found.holder };
  }
  return { ok: false, holder: null, why: 'taken and left by other processes all the time' };
};

export type Broken =
  | { readonly is: 'none' }
  /** Null: it was damaged and named nobody. */
  | { readonly is: 'removed'; readonly holder: Holder | null }
  /** Its process lives on this host. */
  | { readonly is: 'alive'; readonly holder: Holder };

/** `rh-batch unlock`: removes the lock, unless its holder is seen to live. */
export const breakLock = async (path: string): Promise<Broken> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await readHolder(path);
    if (found.is === 'gone') return { is: 'none' };
    const { holder } = found;
    if (holder !== null && isHere(holder) && (await livesHere(holder)))
      return { is: 'alive', holder };
    if (await moveAside(path, found.text)) return { is: 'removed', holder };
  }
  throw new Error(`${path} is taken and left by other processes all the time`);
};

/** Who is at work, as far as can be told from here; null: nobody. Never throws. */
export const holderAtWork = async (path: string): Promise<Holder | null> => {
  try {
    const found = await readHolder(path);
    if (found.is === 'gone' || found.holder === null) return null;
    return (await whyHeld(found.holder)) === null ? null : found.holder;
  } catch {
    return null;
  }
};

const lockOf = (path: string, token: string): Lock => ({
  stillHeld: () => holdOf(path, token),
  release: () => release(path, token),
});

const looks = 20;
const lookPauseMs = 50;

/** A damaged lock is looked at for a while: where there are no links it may be in the making. */
const readSettled = async (path: string): Promise<Found> => {
  let found = await readHolder(path);
  for (let look = 0; look < looks && found.is === 'damaged'; look += 1) {
    const before = found.text;
    await new Promise((resolve) => setTimeout(resolve, lookPauseMs));
    found = await readHolder(path);
    if (found.is === 'damaged' && found.text !== before) look = 0;
  }
  return found;
};

/** Renames a lock of nobody away; a live one that slipped in between is put back. */
const moveAside = async (path: string, text: string): Promise<boolean> => {
  const aside = join(dirname(path), temporaryName(basename(path)));
  try {
    await renameFile(path, aside);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    throw cause;
  }
  const moved = await readHolder(aside);
  const right = moved.is !== 'gone' && moved.text === text;
  if (!right) await putBack(aside, path);
  await unlink(aside).catch(() => undefined);
  return right;
};

const putBack = (aside: string, path: string): Promise<void> =>
  link(aside, path).catch(() =>
    copyFile(aside, path, constants.COPYFILE_EXCL).catch(() => undefined),
  );

const goneLooks = 3;
const gonePauseMs = 20;

const holdOf = async (path: string, token: string): Promise<Hold> => {
  for (let look = 1; ; look += 1) {
    try {
      const found = await readHolder(path);
      if (found.is === 'holder' && found.holder.token === token) return { is: 'held' };
      if (found.is !== 'gone') return { is: 'taken', by: found.holder };
    } catch (cause) {
      return { is: 'gone', why: `the lock file ${path} cannot be read (${errorCode(cause)})` };
    }
    // Another process may have moved it aside by mistake, and puts it back at once.
    if (look === goneLooks) return { is: 'gone', why: `the lock file ${path} was removed` };
    await new Promise((resolve) => setTimeout(resolve, gonePauseMs));
  }
};

const release = async (path: string, token: string): Promise<void> => {
  try {
    const found = await readHolder(path);
    if (found.is === 'holder' && found.holder.token === token) await unlink(path);
  } catch {
    // A lock that stays is taken over by the next apply: this process will be dead.
  }
};
