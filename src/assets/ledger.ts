import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../edges/clock.js';
import { mask } from '../edges/secrets/secret.js';
import { removeLeftOver } from '../edges/files/temporary.js';
import { createWhole } from '../edges/files/whole.js';

/** What is on the service under which name, by content; shared by the manifests of a folder. */
export interface Ledger {
  /** The service's name for this content, if it is kept for good or young enough to be believed. */
  find(sha256: string): string | null;
  /** `kept`: the service keeps it, as it does LoRA files, of which no life is documented. */
  record(sha256: string, fileName: string, kept?: boolean): Promise<void>;
  /** The service no longer knows it. */
  forget(sha256: string): void;
}

interface Entry {
  readonly fileName: string;
  readonly at: number;
  readonly kept: boolean;
}

/** Files belong to a site and an account: first 16 hex digits of a hash over both. */
export const accountHash = (site: string, key: string): string =>
  createHash('sha256').update(`${site}\n${key}`).digest('hex').slice(0, 16);

/** Opens `uploads.jsonl`. Lines that cannot be read are skipped: they only cost an upload. */
export const openLedger = async (
  path: string,
  account: string,
  maxAgeMs: number,
  clock: Clock,
): Promise<Ledger> => {
  await removeLeftOver(dirname(path));
  const entries = new Map<string, Entry>();
  for (const line of (await readLines(path)) ?? []) {
    const entry = parse(line);
    if (entry === null || entry.account !== account) continue;
    if (entry.fileName === null) entries.delete(entry.sha256);
    else {
      const { sha256, fileName, at, kept } = entry;
      entries.set(sha256, { fileName, at, kept });
    }
  }
  const write = async (sha256: string, fileName: string | null, kept = false): Promise<void> => {
    const at = new Date(clock.now()).toISOString();
    await mkdir(dirname(path), { recursive: true });
    await createWhole(join(dirname(path), '.gitignore'), '*\n', 0o644).catch(() => false);
    // One line in one write: appends of other processes do not mix with it.
    const told = { account, sha256, fileName, at, ...(kept ? { kept } : {}) };
    const line = `${JSON.stringify(told)}\n`;
    await appendFile(path, (await endsTorn(path)) ? `\n${line}` : line, { mode: 0o600 });
  };
  return {
    find: (sha256) => {
      const entry = entries.get(sha256);
      if (entry === undefined) return null;
      return entry.kept || clock.now() - entry.at < maxAgeMs ? entry.fileName : null;
    },
    record: async (sha256, fileName, kept = false) => {
      entries.set(sha256, { fileName, at: clock.now(), kept });
      // A name that held the key is known to this process alone: the next one uploads again.
      if (fileName.includes(mask)) return;
      // A ledger that cannot be written costs an upload next time, never a run.
      await write(sha256, fileName, kept).catch(() => undefined);
    },
    forget: (sha256) => {
      entries.delete(sha256);
      void write(sha256, null).catch(() => undefined);
    },
  };
};

/** Whether a writer that was killed left half a line at the end: the next one must not join it. */
const endsTorn = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 10;
  } finally {
    await file.close();
  }
};

const readLines = async (path: string): Promise<string[] | null> => {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch {
    return null;
  }
};

interface Line extends Omit<Entry, 'fileName'> {
  readonly account: string;
  readonly sha256: string;
  readonly fileName: string | null;
}

const parse = (line: string): Line | null => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    if (!('account' in value && 'sha256' in value && 'fileName' in value && 'at' in value))
      return null;
    const { account, sha256, fileName, at } = value;
    if (typeof account !== 'string' || typeof sha256 !== 'string') return null;
    if (fileName !== null && typeof fileName !== 'string') return null;
    const time = typeof at === 'string' ? Date.parse(at) : NaN;
    const kept = 'kept' in value && value.kept === true;
    return Number.isNaN(time) ? null : { account, sha256, fileName, at: time, kept };
  } catch {
    return null;
  }
};
