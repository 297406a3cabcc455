import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { isAlive } from '../../edges/files/temporary.js';
import { errorCode } from '../../edges/error-code.js';

/** Who holds a state folder. */
export interface Holder {
  readonly pid: number;
  /** When that process started, as the system tells it; tells a reused pid. Null where unknown. */
  readonly started: string | null;
  readonly host: string;
  readonly command: string;
  readonly since: string;
  readonly token: string;
}

/** What a lock file says. `text` is its whole content. */
export type Found =
  | { readonly is: 'holder'; readonly text: string; readonly holder: Holder }
  /** Cut short or overwritten. `holder`: as much as can be read of it; null: no process is named. */
  | { readonly is: 'damaged'; readonly text: string; readonly holder: Holder | null }
  | { readonly is: 'gone' };

export const readHolder = async (path: string): Promise<Found> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { is: 'gone' };
    throw cause;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isHolder(value)) return { is: 'holder', text, holder: value };
  } catch {
    // Damaged, as is what names no holder.
  }
  return { is: 'damaged', text, holder: salvaged(text) };
};

/** Why the holder must be believed to be at work; null when it is certainly gone. */
export const whyHeld = async (holder: Holder): Promise<string | null> => {
  const who = `process ${holder.pid} (${holder.command}), since ${holder.since}`;
  if (!isHere(holder)) return `held on host ${holder.host} by ${who}`;
  return (await livesHere(holder)) ? `held by ${who}` : null;
};

export const isHere = ({ host }: Holder): boolean => host === hostname();

/** Whether this very process, and not another one under its number, lives on this host. */
export const livesHere = async ({ pid, started }: Holder): Promise<boolean> => {
  if (!isAlive(pid)) return false;
  const now = await startOf(pid);
  return started === null || now === null || now === started;
};

/** When a process started, in the system's own form; null where it cannot be told. */
export const startOf = async (pid: number): Promise<string | null> => {
  try {
    // Field 22, behind the command's name in brackets.
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return process.platform === 'win32' || process.platform === 'linux' ? null : startByPs(pid);
  }
};

const startByPs = async (pid: number): Promise<string | null> => {
  try {
    // One zone and one language, since two processes must read the same text.
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    const told = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env });
    const started = told.stdout.trim();
    return started === '' ? null : started;
  } catch {
    return null;
  }
};

/** Of a lock that was cut short, the process that it still names. */
const salvaged = (text: string): Holder | null => {
  const pid = /"pid":\s*(\d{1,9})\b/.exec(text)?.[1];
  if (pid === undefined) return null;
  const textOf = (key: string): string | null =>
    new RegExp(`"${key}":\\s*"([^"\\\\]*)"`).exec(text)?.[1] ?? null;
  return {
    pid: Number(pid),
    started: textOf('started'),
    host: textOf('host') ?? hostname(),
    command: textOf('command') ?? 'its lock file is damaged',
    since: textOf('since') ?? 'an unknown time',
    token: '',
  };
};

export const isHolder = (value: unknown): value is Holder =>
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
  'started' in value &&
  (value.started === null || typeof value.started === 'string');
