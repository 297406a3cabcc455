import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { sha256Of } from '../../edges/files/output-files.js';
import { renameFile, syncFolder } from '../../edges/files/rename.js';
import { errorCode } from '../../edges/error-code.js';
import type { SavedFile } from '../../journal/event.js';
import type { Store } from '../../journal/store.js';
import type { FileMove, FileMoves } from '../../plan/names/moves.js';

/** What became of the files of finished runs that were not where the plan says. */
export interface Moved {
  readonly renamed: number;
  readonly linked: number;
  /** Why some are still where they were, for people. */
  readonly left: readonly string[];
}

interface Step {
  readonly move: FileMove;
  from: string;
  /** Where it is in the end, relative to the outputs' folder. */
  path: string | null;
}

/**
 * Puts files where the plan says: each name changes in one step, never over another file, and what
 * a kill leaves behind is found by its content. The journal is told when all names stand.
 */
export const moveFiles = async (
  moves: readonly FileMoves[],
  outputsDir: string,
  store: Pick<Store, 'state' | 'appendLater' | 'flush'>,
): Promise<Moved> => {
  const mover = new Mover(outputsDir, keptPaths(store, moves));
  const runs = moves.map((run) => ({
    run,
    steps: run.files.map((move): Step => ({ move, from: move.from, path: null })),
  }));
  await mover.go(runs.flatMap(({ steps }) => steps));
  for (const { steps } of runs) for (const step of steps) await dropPassing(step, outputsDir);
  for (const { run, steps } of runs) {
    const files = await Promise.all(steps.map((step) => savedAs(step, outputsDir)));
    const { run: id, taskId } = run;
    store.appendLater({ type: 'saved', run: id, taskId, files, error: null, moved: true });
  }
  await store.flush();
  return mover.told;
};

/** Names of files that stay: they belong to other runs. */
const keptPaths = (
  { state }: Pick<Store, 'state'>,
  moves: readonly FileMoves[],
): ReadonlySet<string> => {
  const moving = new Set(moves.map(({ run }) => run));
  const kept = new Set<string>();
  for (const [id, { state: run }] of state.runs)
    if (
      !moving.has(id) &&
      (run.is === 'succeeded' || run.is === 'failed') &&
      run.removedAt === undefined
    )
      for (const { path } of run.files ?? []) kept.add(path);
  return kept;
};

/** Where a file of a circle is until its new name is free; from the path that the journal has. */
const passingName = (path: string, { sha256 }: SavedFile): string =>
  `${path}.${sha256.slice(0, 8)}.moving`;

/** A second name that a killed apply left: the file has its own one now. */
const dropPassing = async ({ move: { file }, path }: Step, outputsDir: string): Promise<void> => {
  if (path === null) return;
  const passing = passingName(join(outputsDir, file.path), file);
  try {
    const facts = await lstat(passing);
    if (facts.isFile() && (await sha256Of(passing)) === file.sha256) await unlink(passing);
  } catch {
    // There is none, as a rule.
  }
};

const savedAs = async ({ move, path }: Step, outputsDir: string): Promise<SavedFile> => {
  if (path === null) return move.file;
  const { mtimeMs } = await stat(join(outputsDir, path));
  return { ...move.file, path, mtimeMs };
};

class Mover {
  #renamed = 0;
  #linked = 0;
  readonly #left: string[] = [];

  constructor(
    private readonly outputsDir: string,
    private readonly kept: ReadonlySet<string>,
  ) {}

  get told(): Moved {
    return { renamed: this.#renamed, linked: this.#linked, left: this.#left };
  }

  /** A name that another of these files still has is freed first; a circle goes by a passing name. */
  async go(steps: readonly Step[]): Promise<void> {
    const at = new Map(
      steps.flatMap((step) => (step.move.how === 'rename' ? [[step.from, step] as const] : [])),
    );
    const done = new Set<Step>();
    for (const first of steps) {
      const chain = [first];
      for (let step = chain.at(-1); step !== undefined; step = chain.at(-1)) {
        const next = at.get(join(this.outputsDir, step.move.to));
        if (done.has(step)) chain.pop();
        else if (next === undefined || next === step || done.has(next)) {
          at.delete(step.from);
          await this.#take(step);
          done.add(step);
        } else if (chain.includes(next)) {
          at.delete(next.from);
          await this.#aside(next);
        } else chain.push(next);
      }
    }
  }

  async #aside(step: Step): Promise<void> {
    const passing = passingName(step.from, step.move.file);
    try {
      await renameFile(step.from, passing);
      step.from = passing;
    } catch (cause) {
      this.#leave(step, cause);
    }
  }

  async #take(step: Step): Promise<void> {
    const { how, to, file } = step.move;
    if (how === 'keep') {
      step.path = to;
      return;
    }
    try {
      if (this.kept.has(to)) throw new Error(`${to} is another run's`);
      step.path = await this.#place(step.from, to, file.sha256, how === 'rename');
      if (how === 'rename') this.#renamed += 1;
      else this.#linked += 1;
    } catch (cause) {
      this.#leave(step, cause);
    }
  }

  #leave({ move }: Step, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#left.push(`${move.file.path} is not ${move.to} now: ${why}`);
  }

  /** Under its name, or a numbered one where a foreign file has it. @returns the name. */
  async #place(from: string, to: string, sha256: string, away: boolean): Promise<string> {
    for (let copy = 1; ; copy += 1) {
      const path = copy === 1 ? to : numbered(to, copy);
      const target = join(this.outputsDir, path);
      await mkdir(dirname(target), { recursive: true });
      const there = await lstat(target).catch(() => null);
      if (there === null) await put(from, target, away);
      else if (await isSameEntry(from, target)) await renameFile(from, target);
      else if (!there.isFile() || (await sha256Of(target)) !== sha256) continue;
      else if (away) await unlink(from);
      await syncFolder(dirname(target));
      return path;
    }
  }
}

/** One entry under two spellings, as where letter case does not count. */
const isSameEntry = async (a: string, b: string): Promise<boolean> => {
  const fold = (path: string): string => path.normalize('NFC').toLowerCase();
  if (fold(a) !== fold(b)) return false;
  const [one, other] = await Promise.all([lstat(a), lstat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
};

/** A second name for the file, then none of the first: at no time is another file replaced. */
const put = async (from: string, target: string, away: boolean): Promise<void> => {
  try {
    await link(from, target);
    if (away) await unlink(from);
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') throw cause;
    // Another disk, or one without links.
    const part = `${target}.${process.pid}.moving`;
    await copyFile(from, part, constants.COPYFILE_FICLONE);
    await syncFile(part);
    await renameFile(part, target);
    if (away) await unlink(from);
  }
};

const numbered = (path: string, copy: number): string => {
  const { dir, name, ext } = posix.parse(path);
  return posix.join(dir, `${name}-${copy}${ext}`);
};

const syncFile = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};
