import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** What was found below a folder that `merge` was given. */
export interface FoundState {
  readonly stateDir: string;
  /** Where the outputs may be if not where the journal says, likeliest first. */
  readonly candidates: readonly string[];
}

/** Deeper than any artifact that keeps its paths; shallow enough for a slip such as `/`. */
const maxDepth = 8;
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * State folders in `dir`, itself among them: a state folder, a project's folder, an unpacked
 * artifact, or a folder of artifacts. null: the folder cannot be read. Sorted by path.
 */
export const findStates = async (dir: string): Promise<readonly FoundState[] | null> => {
  const names = await entriesOf(dir);
  if (names === null) return null;
  const states: string[] = [];
  const results: string[] = [];
  await walk(dir, names, 0, (folder, files) => {
    if (files.has('journal.jsonl')) states.push(folder);
    if (files.has('results.jsonl')) results.push(folder);
  });
  return states.map((stateDir) => ({
    stateDir,
    candidates: [...results].sort((a, b) => shared(b, stateDir) - shared(a, stateDir)),
  }));
};

const walk = async (
  dir: string,
  entries: readonly Dirent[],
  depth: number,
  see: (folder: string, files: ReadonlySet<string>) => void,
): Promise<void> => {
  see(dir, new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name)));
  if (depth === maxDepth) return;
  const folders = entries.filter((entry) => entry.isDirectory() && !skipped.has(entry.name));
  for (const { name } of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, name);
    await walk(path, (await entriesOf(path)) ?? [], depth + 1, see);
  }
};

const entriesOf = async (dir: string): Promise<Dirent[] | null> => {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch {
    return null;
  }
};

/** Length of the common beginning: outputs of a shard lie near its state. */
const shared = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
};

/** How many outputs are looked for before a folder is taken for a wrong one. */
const maxSamples = 100;

/** The first of the likely folders that has one of these outputs; null: none has. */
export const outputsDirOf = async (
  { stateDir, candidates }: FoundState,
  written: string | null,
  outputs: readonly string[],
): Promise<string | null> => {
  const said = written === null ? [] : [resolve(stateDir, written)];
  for (const dir of [...said, ...candidates])
    for (const path of outputs.slice(0, maxSamples)) {
      const found = await stat(join(dir, path)).catch(() => null);
      if (found?.isFile() === true) return dir;
    }
  return null;
};
