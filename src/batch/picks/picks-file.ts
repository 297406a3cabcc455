import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../edges/error-code.js';
import { machineText } from '../../edges/machine.js';
import type { Mark } from '../../picks/mark.js';
import { lineOf, readLine } from '../../picks/mark.js';

const picksName = 'picks.jsonl';
export const picksPath = (outputsDir: string): string => join(outputsDir, picksName);

/** What a file of picks holds. Lines that are none are left where they are. */
export interface PicksFile {
  /** In the order of the file. */
  readonly marks: readonly Mark[];
  readonly damaged: readonly { readonly line: number; readonly why: string }[];
}

const maxBytes = 256 * 1024 * 1024;

/** A text is why it cannot be read. A file that is not there holds nothing; null tells so. */
export const readPicks = async (path: string): Promise<PicksFile | string | null> => {
  try {
    const bytes = await readFile(path);
    if (bytes.length > maxBytes) return 'it is too large';
    return picksIn(bytes.toString('utf8'));
  } catch (cause) {
    return errorCode(cause) === 'ENOENT' ? null : machineText(cause);
  }
};

const picksIn = (text: string): PicksFile => {
  const marks: Mark[] = [];
  const damaged: { line: number; why: string }[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (read.ok) marks.push(read.mark);
    else damaged.push({ line: at + 1, why: read.why });
  }
  return { marks, damaged };
};

/**
 * Adds marks at the end of the file, all in one write, and waits until they are on the disk. What
 * a kill cut short before is ended first, so that it costs no other line. Throws what the disk says.
 */
export const appendPicks = async (path: string, marks: readonly Mark[]): Promise<void> => {
  if (marks.length === 0) return;
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const last = new Uint8Array(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const torn = size > 0 && last[0] !== 10;
    await file.appendFile(`${torn ? '\n' : ''}${marks.map(lineOf).join('')}`);
    await file.datasync();
  } finally {
    await file.close();
  }
};
