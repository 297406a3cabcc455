import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import { ReadOnce } from '../../edges/files/read-once.js';
import type { Files, ReadFailure } from '../../edges/files/files.js';
import { loadManifest } from '../../manifest/load.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Matrix } from '../../matrix/combination.js';
import { expandMatrix } from '../../matrix/expand.js';
import type { TargetModule } from '../../targets/target.js';
import { moduleOf, syntaxes } from '../../targets/targets.js';
import type { Workflow } from '../../workflow/workflow.js';
import { outputsOfAnyDay, withBatchFacts } from './batch-templates.js';
import type { BatchOptions } from '../options/options.js';
import type { Day } from './day.js';
import { dateFor } from './day.js';
import { Environment } from './environment.js';
import type { HoldsKey } from './held-key.js';
import { holdsKeyOf, keyInFiles, keyInNames } from './held-key.js';
import type { Io } from '../../edges/io.js';
import { findState } from './state-folder.js';
import { realOf } from './state-owner.js';

/** Everything the user wrote, read and checked; nothing of it touches the network. */
export interface Project extends Located {
  readonly target: TargetModule;
  readonly workflow: Workflow;
  /** The target's file as it is, for the emulator. */
  readonly workflowText: string;
  readonly matrix: Matrix;
  readonly files: ReadOnce;
  /** null: nothing is looked through for a key. */
  readonly holdsKey: HoldsKey | null;
  readonly show: (absolute: string) => string;
}

const defaultNames = ['manifest.yaml', 'manifest.yml', 'manifest.json'];
const maxManifestBytes = 10 * 1024 * 1024;
const maxWorkflowBytes = 64 * 1024 * 1024;

/** A path as people see it: relative to where they stand, unless that is longer. */
export const shownFrom =
  (cwd: string) =>
  (absolute: string): string => {
    const near = relative(cwd, absolute);
    return near === '' || near.startsWith('../../..') || isAbsolute(near) ? absolute : near;
  };

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
  /** Where an apply moves the state of a renamed batch; null: it is where it belongs. */
  readonly movesTo: string | null;
  readonly emulated: boolean;
}

export const locateProject = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
  files: Files = nodeFiles(),
  day: Day = 'now',
): Promise<Located | null> => {
  const typed = await manifestPath(options.manifest, io, files);
  if (typed === null) {
    problems.add(
      error('E0002', null, `there is no manifest here (${defaultNames.join(', ')})`, {
        hint: 'rh-batch apply path/to/manifest.yaml',
      }),
    );
    return null;
  }
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
    problems.add(unreadable(show(path), read));
    return null;
  }
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
  const state = await findState(
    { path, typed, bytes, name, base, emulated, show: shownFrom(io.cwd) },
    problems,
  );
  const from = { manifest: bytes, stateDir: state.stateDir, options, io };
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
    ...state,
    emulated,
  };
};

/**
 * Reads manifest, workflow and tables, each of them once. All mistakes go to `problems`; null when
 * there are errors. `env`: whose key must stand in none of them; absent: nothing looks for it.
 */
export const loadProject = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
  env: ReadonlyMap<string, string> = new Map(),
  day: Day = 'now',
): Promise<Project | null> => {
  const show = shownFrom(io.cwd);
  const holdsKey = holdsKeyOf(env);
  const files = new ReadOnce(
    nodeFiles(),
    holdsKey === null ? undefined : keyInFiles(holdsKey, show, problems),
  );
  const located = await locateProject(options, io, problems, files, day);
  if (located === null) return null;
  const { manifest, outputsDir, datedOutputs, manifestPath: path, stateDir } = located;
  if (holdsKey !== null) keyInNames(options, [path, outputsDir, stateDir], holdsKey, problems);
  const workflow = await readWorkflow(manifest, files, show, problems);
  const matrix = await expandMatrix(
    manifest.matrix,
    { dir: manifest.dir, files, maxRuns: manifest.limits.maxRuns, show, outputsDir, datedOutputs },
    problems,
  );
  if (workflow === null || matrix === null) return null;
  const { target, graph, text: workflowText } = workflow;
  return { ...located, target, workflow: graph, workflowText, matrix, files, holdsKey, show };
};

const manifestPath = async (
  typed: string | undefined,
  io: Io,
  files: Files,
): Promise<string | null> => {
  if (typed !== undefined) return resolve(io.cwd, typed);
  for (const name of defaultNames) {
    const path = join(io.cwd, name);
    if ((await files.facts(path)).ok) return path;
  }
  return null;
};

const readWorkflow = async (
  manifest: Manifest,
  files: Files,
  show: (absolute: string) => string,
  problems: Problems,
): Promise<{
  readonly target: TargetModule;
  readonly graph: Workflow;
  readonly text: string;
} | null> => {
  const target = moduleOf(manifest.target);
  const { file: written, id } = manifest.target;
  const path = resolve(manifest.dir, written.value);
  const read = await files.read(path, maxWorkflowBytes);
  if (!read.ok) {
    const { message } = unreadable(show(path), read);
    problems.add(
      error('E0002', written.at, message, {
        hint: target.fileHint(id, show(path)),
      }),
    );
    return null;
  }
  const { loaders } = manifest.assets;
  const input = { id, file: show(path), content: read.value, loaders };
  const graph = target.read(input, problems);
  return graph === null ? null : { target, graph, text: new TextDecoder().decode(read.value) };
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
  limits: { maxRuns: maxRuns ?? manifest.limits.maxRuns },
  execution: {
    ...manifest.execution,
    concurrency: concurrency ?? manifest.execution.concurrency,
  },
});

const wording: Readonly<Record<ReadFailure['is'], string>> = {
  missing: 'does not exist',
  directory: 'is a folder, not a file',
  unreadable: 'cannot be read',
  tooLarge: 'is too large',
};

export const unreadable = (shown: string, failure: ReadFailure): ReturnType<typeof error> =>
  error(
    'E0002',
    null,
    `${shown} ${wording[failure.is]}${failure.is === 'missing' ? '' : ` (${failure.detail})`}`,
  );

/** The environment of the process, with the files that were asked for laid over it, in order. */
export const readEnvFile = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Environment> => {
  const entries = Object.entries(io.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const env = new Environment(entries);
  for (const typed of listed(options.envFile)) {
    await env.add(typed, resolve(io.cwd, typed), problems);
    // Before anything is said: the base URL, too, may have been pasted with the key in it.
    io.protect(env.get('RUNNINGHUB_API_KEY')?.trim() ?? '');
  }
  return env;
};

const listed = (files: BatchOptions['envFile']): readonly string[] =>
  files === undefined ? [] : typeof files === 'string' ? [files] : files;
