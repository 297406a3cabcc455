import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { nodeDisk, replaceFile } from '../../journal/files/disk.js';
import { fileStores } from '../../journal/files/file-stores.js';
import { passwordIn, readAddress } from '../../journal/postgres/address.js';
import type { Stores } from '../../journal/stores.js';
import type { Written } from '../../manifest/manifest.js';
import type { BatchOptions } from '../options/options.js';
import { readEnvFile } from './environment.js';

/** Where the journal is, and the database without its password where machines share one. */
interface StoreChoice {
  readonly stores: Stores;
  readonly shared: string | null;
}

const inFolder: StoreChoice = { stores: fileStores, shared: null };
const variable = 'RH_BATCH_STORE';
const form = 'postgres://user@host:port/database';

/**
 * `--store` stands above RH_BATCH_STORE, and that above the manifest. An emulator in this process
 * has nothing to share. Only the environment may hold a password.
 */
export const storeOf = async (
  manifest: Written<string> | null,
  emulated: boolean,
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<StoreChoice> => {
  // Mistakes in the files of --env are told by who reads the key of them.
  const env = await readEnvFile(options, io, new Problems());
  const given = env.get(variable)?.trim() ?? '';
  const password = env.get('PGPASSWORD') ?? null;
  for (const text of [options.store ?? '', given]) io.protect(passwordIn(text) ?? '');
  const typed = options.store ?? (given === '' ? manifest?.value : given);
  if (emulated || typed === undefined) return inFolder;
  const fromEnvironment = options.store === undefined && given !== '';
  const where = options.store === undefined ? (fromEnvironment ? variable : '"store"') : '--store';
  const at = where === '"store"' ? (manifest?.at ?? null) : null;
  if (!fromEnvironment && passwordIn(typed) !== null) {
    const message = `${where} holds a password, which belongs in the environment alone`;
    const hint = `take it out of there, and set PGPASSWORD, or ${variable} to the whole URL; choose a new password if it was shared`;
    problems.add(error('E0775', at, message, { hint }));
    return inFolder;
  }
  io.protect(password ?? '');
  const read = readAddress(typed, password);
  if (!read.ok) {
    problems.add(error('E0775', at, `${where} ${read.why}`, { hint: form }));
    return inFolder;
  }
  io.protect(read.address.password ?? '');
  // Nobody else pays for loading it.
  const { postgresStores } = await import('../../journal/postgres/stores.js');
  return { stores: postgresStores(read.address), shared: read.address.shown };
};

const inUrls = /\bpostgres(?:ql)?:\/\/[^\s:@/]*:([^\s@]+)@/g;

/** A manifest is shown where it is wrong: a password that was written into it is not. */
export const protectPasswords = (bytes: Uint8Array, io: Pick<Io, 'protect'>): void => {
  const text = new TextDecoder().decode(bytes);
  for (const [, password = ''] of text.matchAll(inUrls)) io.protect(password);
};

const fileName = 'store.json';

/** Notes on this machine that the journal of a batch is in a store. */
export const writeShared = async (stateDir: string, shared: string): Promise<void> => {
  if (sharedIn(stateDir) === shared) return;
  await mkdir(stateDir, { recursive: true });
  await nodeDisk.createNew(join(stateDir, '.gitignore'), '*\n', 0o600);
  const text = `${JSON.stringify({ version: 1, store: shared })}\n`;
  await replaceFile(nodeDisk, join(stateDir, fileName), [new TextEncoder().encode(text)]);
};

const sharedIn = (stateDir: string): string | null => {
  try {
    const value: unknown = JSON.parse(readFileSync(join(stateDir, fileName), 'utf8'));
    return typeof value === 'object' &&
      value !== null &&
      'store' in value &&
      typeof value.store === 'string'
      ? value.store
      : null;
  } catch {
    return null;
  }
};

/** Without its store a batch would look as if nothing had ever been paid for. */
export const checkNotShared = (
  stateDir: string,
  show: (absolute: string) => string,
  problems: Problems,
): void => {
  const shared = sharedIn(stateDir);
  if (shared === null) return;
  problems.add(
    error(
      'E0778',
      null,
      `the journal of this batch is in the store ${shared}, and none was named`,
      {
        hint: `--store ${shared}, or RH_BATCH_STORE; to begin anew in the folder, where all of it is paid for again, delete ${show(join(stateDir, fileName))}`,
      },
    ),
  );
};
