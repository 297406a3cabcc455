import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { sha256Of } from '../../edges/files/output-files.js';
import type { SavedFile } from '../../journal/event.js';
import { holderAtWork } from '../../journal/files/lock.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import { lockPath, readEnded } from '../../journal/store.js';
import type { Plan } from '../../plan/plan.js';
import type { BatchOptions } from '../options/options.js';
import { endedFiles, goneRuns } from './gone-runs.js';
import type { Io } from '../../edges/io.js';
import type { Project } from '../load/project.js';
import { statesIn } from '../load/state-folder.js';
import { realOf } from '../load/state-owner.js';

/** A file that the journal saved for a run which is no longer in the plan. */
export interface Orphan {
  readonly record: RunRecord;
  readonly file: SavedFile;
  readonly absolute: string;
}

export interface Orphans {
  readonly files: readonly Orphan[];
  /** Files of such runs that are not removed, and why, for people. */
  readonly stay: readonly (Orphan & { readonly why: string })[];
  /** Another batch that uses the outputs' folder at this moment, for people. */
  readonly atWork: string | null;
}

/** Finds them; what cannot be told is an error in `problems`. Nothing is written. */
export const findOrphans = async (
  plan: Plan,
  at: { readonly project: Project; readonly history: BatchState },
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Orphans> => {
  const { project, history } = at;
  const { runs, plans } = await goneRuns(plan, at, options, io, problems);
  const { outputsDir } = project;
  const used = new UsedFiles();
  const gone = new Set(runs);
  const others = runs.length === 0 ? [] : await statesBeside(project, problems);
  for (const record of history.runs.values())
    if (!gone.has(record)) await used.addRun(record, [outputsDir], `run ${record.id}`);
  for (const { moves } of plans)
    for (const { run, files } of moves)
      for (const { from, to } of files) {
        await used.add(from, `run ${run}`);
        await used.add(join(outputsDir, to), `run ${run}`);
      }
  let atWork: string | null = null;
  for (const { dir, state, folders } of others) {
    const who = `the batch in ${project.show(dir)}`;
    for (const record of state.runs.values()) await used.addRun(record, folders, who);
    if (folders.includes(outputsDir) && (await holderAtWork(lockPath(dir))) !== null)
      atWork ??= who;
  }
  const files: Orphan[] = [];
  const stay: (Orphan & { why: string })[] = [];
  const seen = new Set<string>();
  for (const record of runs)
    for (const file of endedFiles(record)) {
      const absolute = resolve(outputsDir, file.path);
      const orphan = { record, file, absolute };
      const identity = await identityOf(absolute);
      if (seen.has(identity)) continue;
      const user = used.by(identity);
      const input = plans.some(({ assets }) => assets.has(file.sha256));
      const verdict =
        user !== null
          ? { is: 'stays' as const, why: `it is of ${user}, too` }
          : input
            ? { is: 'stays' as const, why: 'it is an input of runs in the plan' }
            : await asSaved(file, outputsDir);
      if (verdict.is === 'missing') continue;
      if (verdict.is === 'stays') stay.push({ ...orphan, why: verdict.why });
      else files.push(orphan);
      if (verdict.is === 'same') seen.add(identity);
    }
  files.sort(byPath);
  stay.sort(byPath);
  return { files, stay, atWork };
};

const byPath = (a: Orphan, b: Orphan): number => (a.file.path < b.file.path ? -1 : 1);

export type AsSaved =
  | { readonly is: 'same' }
  | { readonly is: 'missing' }
  | { readonly is: 'stays'; readonly why: string };

/** Whether a file in the outputs' folder is, byte for byte, what was saved there. */
export const asSaved = async (file: SavedFile, outputsDir: string): Promise<AsSaved> => {
  const absolute = resolve(outputsDir, file.path);
  if (!absolute.startsWith(outputsDir + sep))
    return { is: 'stays', why: "it would be outside of the outputs' folder" };
  try {
    const facts = await lstat(absolute);
    if (facts.isSymbolicLink()) return { is: 'stays', why: 'it is a symbolic link' };
    const [folder, top] = await Promise.all([realpath(dirname(absolute)), realpath(outputsDir)]);
    if (folder !== top && !folder.startsWith(top + sep))
      return { is: 'stays', why: "a symbolic link leads to it, out of the outputs' folder" };
    if (!facts.isFile() || facts.size !== file.bytes || (await sha256Of(absolute)) !== file.sha256)
      return { is: 'stays', why: 'it is not as it was saved' };
    return { is: 'same' };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { is: 'missing' };
    return { is: 'stays', why: cause instanceof Error ? cause.message : String(cause) };
  }
};

/** Files that belong to somebody, by the path that they really have. */
class UsedFiles {
  readonly #users = new Map<string, string>();

  by(identity: string): string | null {
    return this.#users.get(identity) ?? null;
  }

  async add(absolute: string, user: string): Promise<void> {
    this.#users.set(await identityOf(absolute), user);
  }

  async addRun({ state }: RunRecord, folders: readonly string[], user: string): Promise<void> {
    if ('removedAt' in state || !('files' in state)) return;
    for (const each of state.files ?? [])
      for (const folder of folders)
        await this.add(resolve(folder, 'file' in each ? each.file.path : each.path), user);
  }
}

/** Letter case aside: where it counts, a file too many stays, which is no harm. */
const identityOf = async (absolute: string): Promise<string> =>
  join(await realOf(dirname(absolute)), basename(absolute))
    .normalize('NFC')
    .toLowerCase();

interface Beside {
  readonly dir: string;
  readonly state: BatchState;
  /** Absolute. */
  readonly folders: readonly string[];
}

/** All other states of the folder: their outputs may be in the same place. */
const statesBeside = async (
  { stateDir, manifest, manifestPath, outputsDir, show }: Project,
  problems: Problems,
): Promise<readonly Beside[]> => {
  const bases = new Set([
    dirname(resolve(stateDir)),
    resolve(manifest.dir, '.rh-batch'),
    join(dirname(await realOf(manifestPath)), '.rh-batch'),
  ]);
  const found = new Map<string, Beside>();
  const own = await realOf(resolve(stateDir));
  for (const base of bases)
    for (const emulated of [false, true])
      for (const dir of await statesIn(base, emulated)) {
        const real = await realOf(dir);
        if (real === own || found.has(real)) continue;
        const read = await readEnded(dir);
        if (!read.ok) {
          const why = `the state in ${show(dir)} cannot be read (${read.problem.message})`;
          problems.add(
            error('E0747', null, `${why}, so it cannot be told which files are its`, {
              hint: read.problem.hint.replace(/^rh-batch .*$/, 'mend it first, or move it away'),
            }),
          );
          continue;
        }
        const { folders } = read.state;
        found.set(real, {
          dir,
          state: read.state,
          // An old journal does not tell where its outputs went.
          folders: folders.size === 0 ? [outputsDir] : [...folders].map((to) => resolve(dir, to)),
        });
      }
  return [...found.values()];
};
