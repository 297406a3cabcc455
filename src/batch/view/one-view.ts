import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../edges/error-code.js';
import { createWhole } from '../../edges/files/whole.js';
import { isHere } from '../../journal/files/holder.js';
import type { Holder, Lock } from '../../journal/files/lock.js';
import { breakLock, takeLock } from '../../journal/files/lock.js';

/** Where a view of a batch listens, or listened the last time. */
interface Place {
  readonly port: number;
  readonly token: string;
}

export type OneView =
  /** `last`: where the last one was. A page that is still open finds the same address again. */
  | {
      readonly is: 'first';
      readonly last: Place | null;
      readonly token: string;
      note(port: number): Promise<void>;
      leave(): Promise<void>;
    }
  /** `place`: null where it has not come so far yet. */
  | { readonly is: 'second'; readonly holder: Holder | null; readonly place: Place | null };

const lockName = 'view.lock';
const addressName = 'view.json';

/** One view of a batch at a time: two would answer pages of one address differently. */
export const takeView = async (stateDir: string, now: number): Promise<OneView> => {
  await mkdir(stateDir, { recursive: true });
  await createWhole(join(stateDir, '.gitignore'), '*\n', 0o600).catch(() => false);
  const path = join(stateDir, lockName);
  const at = new Date(now).toISOString();
  let taken = await takeLock(path, 'view', at);
  // A view on another machine is of that machine alone, and no reason against one here.
  if (!taken.ok && taken.holder !== null && !isHere(taken.holder)) {
    await breakLock(path);
    taken = await takeLock(path, 'view', at);
  }
  const last = await readAddress(stateDir);
  if (!taken.ok) return { is: 'second', holder: taken.holder, place: last };
  return first(stateDir, taken.lock, last);
};

const first = (stateDir: string, lock: Lock, last: Place | null): OneView => {
  const token = last?.token ?? randomBytes(24).toString('base64url');
  return {
    is: 'first',
    last,
    token,
    note: async (port) => {
      // For the user alone: who reads it can open the page.
      const path = join(stateDir, addressName);
      await rm(path, { force: true });
      await createWhole(path, `${JSON.stringify({ port, token })}\n`, 0o600);
    },
    leave: () => lock.release(),
  };
};

const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{32}$/.test(value);

/** null: none was noted, or what is there is none. */
const readAddress = async (stateDir: string): Promise<Place | null> => {
  try {
    const read: unknown = JSON.parse(await readFile(join(stateDir, addressName), 'utf8'));
    if (typeof read !== 'object' || read === null || !('port' in read) || !('token' in read))
      return null;
    const { port, token } = read;
    const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
    return isPort && isToken(token) ? { port, token } : null;
  } catch (cause) {
    if (errorCode(cause) !== null || cause instanceof SyntaxError) return null;
    throw cause;
  }
};
