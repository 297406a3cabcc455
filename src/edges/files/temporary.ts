import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A writer that took longer than this is not waited for, wherever it runs. */
const longestWriteMs = 24 * 3_600_000;

const hostTag = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Name of a file that becomes `base` when it is whole. It tells who writes it. */
export const temporaryName = (base: string): string =>
  `.${base}.${String(process.pid)}-${hostTag()}-${randomBytes(4).toString('hex')}.tmp`;

/** Also of older versions, which named the process alone. */
const form = /^\.(?:.+\.)?(?<pid>\d+)(?:-(?<host>[0-9a-f]{8})-[0-9a-f]{8})?\.tmp$/;

/**
 * Removes temporary files whose writer was killed from one folder, not from those below it.
 * What a living process may still be writing stays.
 *
 * @returns how many were removed
 */
export const removeLeftOver = async (dir: string): Promise<number> => {
  const names = await readdir(dir).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const match = form.exec(name);
    if (match === null) continue;
    const path = join(dir, name);
    if (!(await isLeftOver(path, Number(match.groups?.['pid']), match.groups?.['host']))) continue;
    await unlink(path).then(
      () => (removed += 1),
      () => undefined,
    );
  }
  return removed;
};

const isLeftOver = async (path: string, pid: number, host?: string): Promise<boolean> => {
  const facts = await stat(path).catch(() => null);
  if (facts?.isFile() !== true) return false;
  const ageMs = Date.now() - facts.mtimeMs;
  if (ageMs > longestWriteMs) return true;
  if (host !== undefined && host !== hostTag()) return false;
  // In a container every process may have the same number.
  if (pid === process.pid) return ageMs > process.uptime() * 1_000;
  return !isAlive(pid);
};

/** Whether this host has a process of that number. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
};
