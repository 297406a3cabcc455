import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from '../codec.js';
import { nodeDisk, replaceFile } from './disk.js';

export interface Repaired {
  readonly kept: number;
  readonly moved: number;
  /** Where the bad lines are now. */
  readonly aside: string;
}

/** Moves lines that are no records to `journal.bad.jsonl`; the others stay as they are. */
export const repairJournal = async (stateDir: string): Promise<Repaired> => {
  const path = join(stateDir, 'journal.jsonl');
  const aside = join(stateDir, 'journal.bad.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const bad = lines.filter((line) => decode(line).is === 'garbage');
  if (bad.length === 0) return { kept: lines.length, moved: 0, aside };
  const good = lines.filter((line) => decode(line).is !== 'garbage');
  await appendFile(aside, bad.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  await replaceFile(nodeDisk, path, [Buffer.from(good.map((line) => `${line}\n`).join(''))]);
  return { kept: good.length, moved: bad.length, aside };
};
