import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { nodeDisk, replaceFile } from '../../journal/files/disk.js';
import { namesIn } from '../../manifest/names.js';
import { syntaxes } from '../../targets/targets.js';

/** Whose a state folder is: what its journal does not tell, and what must be found without reading it. */
export interface Owner {
  /** The manifest's file, absolute; null where no path leads from one to the other. */
  readonly manifest: string | null;
  /** Of the manifest's bytes. */
  readonly sha256: string;
  /** What it runs. */
  readonly target: string;
}

const fileName = 'owner.json';

/** null: an older rh-batch wrote this state, or the file is damaged. */
export const readOwner = async (stateDir: string): Promise<Owner | null> => {
  try {
    const value: unknown = JSON.parse(await readFile(join(stateDir, fileName), 'utf8'));
    if (!isStored(value)) return null;
    const { manifest, sha256, target } = value;
    return {
      manifest: manifest === null ? null : resolve(await realOf(stateDir), manifest),
      sha256,
      target,
    };
  } catch {
    return null;
  }
};

interface Stored {
  readonly version: number;
  /** Relative to the state folder, so that a project may move as a whole. */
  readonly manifest: string | null;
  readonly sha256: string;
  readonly target: string;
}

const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' &&
  value !== null &&
  'manifest' in value &&
  (value.manifest === null || typeof value.manifest === 'string') &&
  'sha256' in value &&
  typeof value.sha256 === 'string' &&
  'target' in value &&
  typeof value.target === 'string';

/** Notes whose the state is, where that is not known or has changed. */
export const writeOwner = async (
  stateDir: string,
  path: string,
  bytes: Uint8Array,
  target: string,
): Promise<void> => {
  const way = relative(await realOf(stateDir), await realOf(path));
  const stored: Stored = {
    version: 1,
    manifest: isAbsolute(way) ? null : way.split(sep).join('/'),
    sha256: sha256Of(bytes),
    target,
  };
  const text = `${JSON.stringify(stored)}\n`;
  const file = join(stateDir, fileName);
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== text) await replaceFile(nodeDisk, file, [new TextEncoder().encode(text)]);
};

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Without symbolic links; as it is where there is nothing. */
export const realOf = (path: string): Promise<string> => realpath(path).catch(() => path);

/** Whether two paths lead to one file: the same path, a link, or another spelling. */
export const isSameFile = async (a: string, b: string): Promise<boolean> => {
  if (a === b) return true;
  try {
    const [one, other] = await Promise.all([stat(a), stat(b)]);
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
};

/**
 * Whether a manifest still leads to the state of this name. One that cannot be read may: nothing
 * is taken from it.
 */
export const leadsTo = async (manifest: string, name: string): Promise<boolean> => {
  if (!existsSync(manifest)) return false;
  try {
    const names = namesIn(
      manifest,
      await readFile(manifest, 'utf8'),
      syntaxes.map(({ key }) => key),
    );
    return names === null || names.has(name);
  } catch {
    return true;
  }
};
