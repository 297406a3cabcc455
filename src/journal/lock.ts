import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCode } from './disk.js';

/** Who holds a state folder. */
export interface Holder {
  readonly pid: number;
  /** When that process started, in the system's own ticks; tells a reused pid. Null where unknown. */
  readonly started: string | null;
  readonly host: string;
  readonly command: string;
  readonly since: string;
  readonly token: string;
}

export type Locked =
  | { readonly ok: true; readonly lock: Lock; readonly tookOver: Holder | null }
  /** `why` is a sentence for people; `holder` is null where the file could not be read. */
  | { readonly ok: false; readonly holder: Holder | null; readonly why: string };

/** A held lock. */
export interface Lock {
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
  let tookOver: Holder | null = null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      await writeFile(path, `${JSON.stringify(own)}\n`, { flag: 'wx', mode: 0o600 });
      return { ok: true, lock: { release: () => release(path, own.token) }, tookOver };
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw cause;
    }
    const found = await readHolder(path);
    if (found.is === 'gone') continue;
    if (found.is === 'garbage') return { ok: false, holder: null, why: 'its lock file is damaged' };
    const why = await whyHeld(found.holder);
    if (why !== null) return { ok: false, holder: found.holder, why };
    if (await moveAside(path, found.holder.token)) tookOver = found.holder;
  }
  return { ok: false, holder: null, why: 'other processes take and leave it all the time' };
};

/** `rh-batch unlock`: removes a lock whoever holds it. Tells who that was. */
export const breakLock = async (path: string): Promise<Holder | null> => {
  const found = await readHolder(path);
  await unlink(path).catch((cause: unknown) => {
    if (errorCode(cause) !== 'ENOENT') throw cause;
  });
  return found.is === 'holder' ? found.holder : null;
};

/** Who is at work, as far as can be told from here; null: nobody. Never throws. */
export const holderAtWork = async (path: string): Promise<Holder | null> => {
  try {
    const found = await readHolder(path);
    return found.is === 'holder' && (await whyHeld(found.holder)) !== null ? found.holder : null;
  } catch {
    return null;
  }
};

/** Why the holder must be believed to be at work; null when it is certainly gone. */
const whyHeld = async (holder: Holder): Promise<string | null> => {
  const who = `process ${holder.pid} (${holder.command}), since ${holder.since}`;
  if (holder.host !== hostname()) return `held on host ${holder.host} by ${who}`;
  if (!isAlive(holder.pid)) return null;
  const started = await startOf(holder.pid);
  if (holder.started !== null && started !== null && started !== holder.started) return null;
  return `held by ${who}`;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return errorCode(cause) === 'EPERM';
  }
};

/** Field 22 of /proc/PID/stat, behind the command's name in brackets. */
const startOf = async (pid: number): Promise<string | null> => {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

/** Renames a dead holder's lock away; a live one that slipped in between is put back. */
const moveAside = async (path: string, token: string): Promise<boolean> => {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    throw cause;
  }
  const moved = await readHolder(aside);
  const right = moved.is === 'holder' && moved.holder.token === token;
  if (!right) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
  return right;
};

const release = async (path: string, token: string): Promise<void> => {
  try {
    const found = await readHolder(path);
    if (found.is === 'holder' && found.holder.token === token) await unlink(path);
  } catch {
    // A lock that stays is taken over by the next apply: this process will be dead.
  }
};

type Found =
  | { readonly is: 'holder'; readonly holder: Holder }
  | { readonly is: 'garbage' }
  | { readonly is: 'gone' };

const readHolder = async (path: string): Promise<Found> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { is: 'gone' };
    throw cause;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? { is: 'holder', holder: value } : { is: 'garbage' };
  } catch {
    return { is: 'garbage' };
  }
};

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'host' in value &&
  typeof value.host === 'string' &&
  'token' in value &&
  typeof value.token === 'string' &&
  'command' in value &&
  typeof value.command === 'string' &&
  'since' in value &&
  typeof value.since === 'string' &&
  'started' in value;
