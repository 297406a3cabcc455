import { readFileSync, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { ReadOutput } from '../../report/html/embed.js';

/** Beyond this a file could not be one element of a page. */
const maxBytes = 300_000_000;

/**
 * Reads outputs for report.html, by their path relative to `outputsDir`, from these folders alone:
 * the paths may come from a file of someone else, and the page may be shared. Synchronous, since
 * it is asked one file at a time while the page is being written.
 */
export const outputReader = (outputsDir: string, folders: readonly string[]): ReadOutput => {
  const allowed = folders.map(realOf).filter((folder) => folder !== null);
  return (path, most) => {
    const absolute = realOf(resolve(outputsDir, path));
    if (absolute === null) return null;
    if (!allowed.some((folder) => absolute.startsWith(folder + sep))) return null;
    try {
      const facts = statSync(absolute);
      return facts.isFile() && facts.size <= Math.min(most, maxBytes)
        ? readFileSync(absolute)
        : null;
    } catch {
      return null;
    }
  };
};

/** Without links; null: it is not there. */
const realOf = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
};
