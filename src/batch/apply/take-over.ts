import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renameFile } from '../../edges/files/rename.js';
import { takeLock } from '../../journal/files/lock.js';
import { journalPath, lockPath } from '../../journal/store.js';
import type { StateFolder } from '../load/state-folder.js';

/** Moves the state of a renamed batch to where it belongs now. Its lock is respected. */
export const settleState = async (
  { stateDir, movesTo }: StateFolder,
  now: string,
): Promise<
  | { readonly ok: true; readonly stateDir: string }
  | { readonly ok: false; readonly locked: boolean; readonly message: string }
> => {
  if (movesTo === null) return { ok: true, stateDir };
  try {
    const locked = await takeLock(lockPath(stateDir), 'rh-batch apply', now);
    if (!locked.ok)
      return { ok: false, locked: true, message: `the state in ${stateDir} is ${locked.why}` };
    try {
      if (existsSync(journalPath(movesTo)))
        throw new Error(`${movesTo} has a journal of its own meanwhile`);
      // A folder that was made and not used; one that holds more lets nothing be moved over it.
      await rm(join(movesTo, '.gitignore'), { force: true });
      await renameFile(stateDir, movesTo);
    } catch (cause) {
      await locked.lock.release();
      throw cause;
    }
    // The lock moved along; whoever opens the state takes one of its own.
    await rm(lockPath(movesTo), { force: true });
    return { ok: true, stateDir: movesTo };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, locked: false, message: `${stateDir} cannot be moved: ${detail}` };
  }
};
