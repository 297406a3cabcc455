import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { nearPath } from '../../assets/near-path.js';
import { whyUnread } from '../../assets/unreadable.js';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Files, ReadFailure } from '../../edges/files/files.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import type { Io } from '../../edges/io.js';
import { loadManifest } from '../../manifest/load.js';
import type { Stores } from '../../journal/stores.js';
import type { Manifest } from '../../manifest/manifest.js';
import { syntaxes } from '../../targets/targets.js';
import type { BatchOptions } from '../options/options.js';
import { outputsOfAnyDay, withBatchFacts } from './batch-templates.js';
import type { Day } from './day.js';
import { dateFor } from './day.js';
import { findState } from './state-folder.js';
import { checkNotShared, protectPasswords, storeOf } from './store-choice.js';
import { realOf } from './state-owner.js';

/** The manifest alone, and where its batch lives: enough for status and the like. */
export interface Located {
  readonly name: string;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  /** Absolute path of the manifest's file. */
  readonly manifestPath: string;
  readonly outputsDir: string;
  /** Where outputs of any day lie; null: outputs.dir names no day. */
  readonly datedOutputs: RegExp | null;
  /** What templates read as batch.date: one for the whole command. */
  readonly date: string;
  readonly stateDir: string;
  /** Where its journal is kept. */
  readonly stores: Stores;
  /** The database that machines share, without a password; null: the journal is in the folder. */
  readonly shared: string | null;
  /** Where an apply moves the state of a renamed batch; null: it is where it belongs. */
  readonly movesTo: string | null;
  readonly emulated: boolean;
}

const defaultNames = ['manifest.yaml', 'manifest.yml', 'manifest.json'];
const maxManifestBytes = 10 * 1024 * 1024;

/** Finds manifest and state; a mistake is in `problems`, and null where there is no batch without it. */
export const locateProject = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
  files: Files = nodeFiles(),
  day: Day = 'now',
): Promise<Located | null> => {
  const typed = await manifestPath(options.manifest, io, files, problems);
  if (typed === null) return null;
  const { near, far } = await followLink(typed);
  // Beside a link to another folder may lie files of its own; where they do not, the real one's are meant.
  if (far !== null) {
    const linked = await loadFrom(near, options, io, new Problems());
    const written = linked?.manifest.target.file.value;
    if (written !== undefined && !(await files.facts(resolve(dirname(near), written))).ok) {
      const real = await loadFrom(far, options, io, new Problems());
      if (real !== null && (await files.facts(resolve(dirname(far), written))).ok)
        return locateAt(far, typed, options, io, problems, files, day);
    }
  }
  return locateAt(near, typed, options, io, problems, files, day);
};

/**
 * A link in the same folder is another name of the real file: `near` is that one. `far` is the real
 * file where it lies in another folder.
 */
const followLink = async (
  path: string,
): Promise<{ readonly near: string; readonly far: string | null }> => {
  const real = await realOf(path);
  return dirname(real) === (await realOf(dirname(path)))
    ? { near: join(dirname(path), basename(real)), far: null }
    : { near: path, far: real };
};

const loadFrom = async (
  path: string,
  options: BatchOptions,
  io: Io,
  problems: Problems,
  files: Files = nodeFiles(),
): Promise<{ readonly manifest: Manifest; readonly bytes: Uint8Array } | null> => {
  const show = shownFrom(io.cwd);
  const read = await files.read(path, maxManifestBytes);
  if (!read.ok) {
    const near =
      read.is === 'missing' && options.manifest !== undefined
        ? await nearPath(options.manifest, io.cwd, files)
        : null;
    const told = unreadable(show(path), read);
    problems.add({ ...told, hint: near?.hint ?? told.hint });
    return null;
  }
  protectPasswords(read.value, io);
  const vars = new Map(Object.entries(options.vars ?? {}));
  const loaded = loadManifest(
    {
      file: show(path),
      dir: dirname(path),
      text: read.value,
      vars,
      profile: options.profile ?? null,
      targets: syntaxes,
    },
    problems,
  );
  return loaded === null ? null : { manifest: loaded, bytes: read.value };
};

const locateAt = async (
  path: string,
  typed: string,
  options: BatchOptions,
  io: Io,
  problems: Problems,
  files: Files,
  day: Day,
): Promise<Located | null> => {
  const loaded = await loadFrom(path, options, io, problems, files);
  if (loaded === null) return null;
  const { bytes } = loaded;
  const written = withOptions(loaded.manifest, options);
  const { name } = written;
  const { emulator: emulated = false } = options;
  const base = statesDirOf(written, options, io);
  const before = problems.errors;
  const show = shownFrom(io.cwd);
  const { stores, shared } = await storeOf(written.store, emulated, options, io, problems);
  const state =
    shared === null
      ? await findState({ path, typed, bytes, name, base, emulated, show }, problems)
      : { stateDir: join(base, name), movesTo: null };
  if (shared === null) checkNotShared(state.stateDir, show, problems);
  const place = { name, stateDir: state.stateDir };
  const from = { manifest: bytes, place, stores, options, io };
  const date = await dateFor(day, from, problems);
  const manifest = withBatchFacts(written, date, problems);
  if (problems.errors > before) return null;
  const dated = options.outDir === undefined;
  return {
    name,
    manifest,
    manifestBytes: bytes,
    manifestPath: path,
    outputsDir: outputsDirOf(manifest, options, io, emulated),
    datedOutputs: dated ? outputsOfAnyDay(written, emulated ? '-emulated' : '') : null,
    date,
    stores,
    shared,
    ...state,
    emulated,
  };
};

/** The one that was typed, or the one that is here; null: neither, which is told. */
const manifestPath = async (
  typed: string | undefined,
  io: Io,
  files: Files,
  problems: Problems,
): Promise<string | null> => {
  if (typed !== undefined) return resolve(io.cwd, typed);
  const here: string[] = [];
  for (const name of defaultNames) if ((await files.facts(join(io.cwd, name))).ok) here.push(name);
  const [only, second] = here;
  // A manifest.json beside it may be anything's.
  if (only !== undefined && (second === undefined || second.endsWith('.json')))
    return join(io.cwd, only);
  problems.add(
    only === undefined
      ? error('E0002', null, `there is no manifest here (${defaultNames.join(', ')})`, {
          notes: await candidates(io.cwd, files),
          hint: 'rh-batch apply path/to/manifest.yaml',
        })
      : error('E0002', null, `there are two manifests here: ${here.slice(0, 2).join(' and ')}`, {
          hint: 'name the one that is meant behind the command, or remove the other',
        }),
  );
  return null;
};

const mostCandidates = 8;

/** Other files that may be the manifest that was meant. */
const candidates = async (dir: string, files: Files): Promise<string[]> => {
  const found = (await files.names(dir)).filter((name) => /\.ya?ml$/i.test(name)).toSorted();
  const more = found.length > mostCandidates ? ', …' : '';
  return found.length === 0
    ? []
    : [`files here that may be one: ${found.slice(0, mostCandidates).join(', ')}${more}`];
};

/** `--emulator` keeps its outputs and state apart from real ones. */
const outputsDirOf = (
  manifest: Manifest,
  options: BatchOptions,
  io: Io,
  emulated: boolean,
): string => {
  const { outDir } = options;
  if (outDir !== undefined) return resolve(io.cwd, outDir);
  const written = manifest.outputs.dir?.value ?? `out/${manifest.name}`;
  return resolve(manifest.dir, emulated ? `${written}-emulated` : written);
};

/** The folder of states; within it `--emulator` keeps its own apart from real ones. */
const statesDirOf = (manifest: Manifest, options: BatchOptions, io: Io): string => {
  const { stateDir } = options;
  return stateDir === undefined ? join(manifest.dir, '.rh-batch') : resolve(io.cwd, stateDir);
};

/** Options that stand above the manifest. */
const withOptions = (manifest: Manifest, { maxRuns, concurrency }: BatchOptions): Manifest => ({
  ...manifest,
  limits: {
    maxRuns: maxRuns ?? manifest.limits.maxRuns,
    isTyped: maxRuns !== undefined,
  },
  execution: {
    ...manifest.execution,
    concurrency: concurrency ?? manifest.execution.concurrency,
  },
});

/** A path as people see it: relative to where they stand, unless that is longer. */
export const shownFrom =
  (cwd: string) =>
  (absolute: string): string => {
    const near = relative(cwd, absolute);
    return near === '' || near.startsWith('../../..') || isAbsolute(near) ? absolute : near;
  };

export const unreadable = (shown: string, failure: ReadFailure): ReturnType<typeof error> => {
  const { why, hint } = whyUnread(failure, shown);
  return error('E0002', null, `${shown} ${why}`, { hint });
};
