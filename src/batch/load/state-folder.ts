import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { error, notice } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { journalPath, readStore } from '../../journal/store.js';
import { nameOfFile } from '../../manifest/load.js';
import { isSameFile, leadsTo, readOwner, sha256Of } from './state-owner.js';

/** Where the state of a batch is. */
export interface StateFolder {
  readonly stateDir: string;
  /** Where it belongs by the batch's name, when the batch had another one; null: it is there. */
  readonly movesTo: string | null;
}

export interface StateOf {
  /** The manifest's file, absolute, and the paths by which it was reached. */
  readonly path: string;
  readonly typed: string;
  readonly bytes: Uint8Array;
  readonly name: string;
  /** The folder of states: `.rh-batch`. */
  readonly base: string;
  readonly emulated: boolean;
  readonly show: (absolute: string) => string;
}

const suffix = '-emulated';

/**
 * The state that belongs to a manifest. A renamed one is known by its file or its content and
 * keeps its state; a state that is another manifest's is refused.
 */
export const findState = async (of: StateOf, problems: Problems): Promise<StateFolder> => {
  const stateDir = join(of.base, of.emulated ? `${of.name}${suffix}` : of.name);
  if (existsSync(journalPath(stateDir))) {
    await checkOwner(of, stateDir, problems);
    return { stateDir, movesTo: null };
  }
  const former = await formerState(of, stateDir);
  if (former === null) return { stateDir, movesTo: null };
  const { show } = of;
  problems.add(
    notice(
      'E0746',
      null,
      `this batch was "${batchName(former, of.emulated)}" before: its state in ${show(former)} is taken over, and nothing of it is paid for again`,
    ),
  );
  return { stateDir: former, movesTo: stateDir };
};

/** Name of the batch whose state lies in a folder. */
const batchName = (stateDir: string, emulated: boolean): string => {
  const name = stateDir.slice(dirname(stateDir).length + 1);
  return emulated && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
};

const checkOwner = async (of: StateOf, stateDir: string, problems: Problems): Promise<void> => {
  const owner = (await readOwner(stateDir))?.manifest ?? null;
  if (owner === null || (await isSameFile(owner, of.path))) return;
  if (!(await leadsTo(owner, of.name))) return;
  const { show } = of;
  problems.add(
    error(
      'E0745',
      null,
      `${show(of.path)} and ${show(owner)} are both the batch "${of.name}", and its state in ${show(stateDir)} is that of ${show(owner)}`,
      {
        hint: `give one of them a name of its own: name: ${suggested(of)} (what was paid for is found again)`,
      },
    ),
  );
};

const suggested = ({ path, name }: StateOf): string => {
  const own = nameOfFile(path);
  return own === name ? `${own}-2` : own;
};

/** States of a folder that are of this kind, the newest first. */
export const statesIn = async (base: string, emulated: boolean): Promise<readonly string[]> => {
  const entries = await readdir(base, { withFileTypes: true }).catch(() => []);
  const found: { readonly dir: string; readonly at: number }[] = [];
  for (const entry of entries) {
    const dir = join(base, entry.name);
    if (!entry.isDirectory() || entry.name.endsWith(suffix) !== emulated) continue;
    const facts = await stat(journalPath(dir)).catch(() => null);
    if (facts?.isFile() === true) found.push({ dir, at: facts.mtimeMs });
  }
  return found.sort((a, b) => b.at - a.at).map(({ dir }) => dir);
};

/** The state of this same manifest under the name that it had; null: there is none. */
const formerState = async (of: StateOf, stateDir: string): Promise<string | null> => {
  const sha256 = sha256Of(of.bytes);
  for (const dir of await statesIn(of.base, of.emulated))
    if (dir !== stateDir && (await isFormer(dir, of, sha256))) return dir;
  return null;
};

const isFormer = async (dir: string, of: StateOf, sha256: string): Promise<boolean> => {
  const name = batchName(dir, of.emulated);
  const owner = await readOwner(dir);
  if (owner === null) return isFormerOfOld(dir, name, of, sha256);
  const { manifest } = owner;
  if (manifest === null) return false;
  // Given another name. A profile may have a name, and with it a state, of its own.
  if (await isSameFile(manifest, of.path)) return !(await leadsTo(of.path, name));
  return !existsSync(manifest) && owner.sha256 === sha256;
};

/** Of a state that an older rh-batch wrote, which does not tell its manifest's path. */
const isFormerOfOld = async (
  dir: string,
  name: string,
  of: StateOf,
  sha256: string,
): Promise<boolean> => {
  if (await leadsTo(of.path, name)) return false;
  if (name === nameOfFile(of.path) || name === nameOfFile(of.typed)) return true;
  const folder = dirname(of.path);
  if (['.yaml', '.yml', '.json'].some((end) => existsSync(join(folder, `${name}${end}`))))
    return false;
  const read = await readStore(dir);
  return read.ok && read.state.manifest === sha256;
};
