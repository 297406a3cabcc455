import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Store } from '../../journal/store.js';
import { defaultTimeouts } from '../../runninghub/http/timeouts.js';
import type { Selection } from '../../plan/select/selection.js';
import type { Identity } from '../connect.js';
import { identify } from '../connect.js';
import { exit } from '../exit.js';
import type { Environment } from '../load/environment.js';
import type { Project } from '../load/project.js';
import { loadProject } from '../load/project.js';
import { readEnvFile } from '../load/environment.js';
import type { Io } from '../../edges/io.js';
import type { Listening } from '../listen.js';
import { listeningOf } from '../listen.js';
import type { ApplyOptions } from '../options/options.js';
import { selectionOf } from '../options/options.js';
import type { Approved } from '../plan/approved-plan.js';
import { approvedBy } from '../plan/approved-plan.js';
import type { Surroundings } from './follower.js';
import { watchSignals } from './signals.js';
import { settleState } from './take-over.js';

/** Everything that can be known of an apply before its state is held. */
export interface Prepared {
  /** null: no saved plan was given. */
  readonly approved: Approved | null;
  readonly options: ApplyOptions;
  readonly selection: Selection;
  readonly env: Environment;
  readonly loaded: Project;
  readonly identity: Identity;
  readonly listening: Listening | null;
}

/** Reads what the user wrote, and who asks which site; null: there are errors, all of them in `problems`. */
export const prepare = async (
  given: ApplyOptions,
  { io, proposals, files }: Surroundings,
  problems: Problems,
): Promise<Prepared | null> => {
  const before = problems.errors;
  const approved = await approvedBy(given, proposals, io, problems);
  if (problems.errors > before) return null;
  const options = approved?.options ?? given;
  const env = await readEnvFile(options, io, problems);
  const loaded = await loadProject(options, io, problems, env, approved?.madeAt ?? 'now', files);
  const selection = selectionOf(options);
  const servers = loaded?.manifest.target.servers ?? [];
  const identity = identify(options, io, env, problems, servers);
  if (loaded === null || identity === null) return null;
  const listening = listeningOf(options, loaded, identity, problems);
  if (problems.errors > 0) return null;
  return { approved, options, selection, env, loaded, identity, listening };
};

export type Held =
  | {
      readonly ok: true;
      /** Where its state is now. */
      readonly project: Project;
      readonly store: Store;
      /** For people. */
      readonly notices: readonly string[];
    }
  | { readonly ok: false; readonly exitCode: number };

/** Moves the state of a renamed batch to its place, and takes its lock. */
export const holdState = async (
  { loaded, identity: { clock, account } }: Prepared,
  io: Io,
  problems: Problems,
): Promise<Held> => {
  const refused = (locked: boolean, message: string, hint: string | null): Held => {
    problems.add(error(locked ? 'E0701' : 'E0702', null, message, { hint }));
    return { ok: false, exitCode: locked ? exit.locked : exit.badInput };
  };
  const settled = await settleState(loaded, new Date(clock.now()).toISOString());
  if (!settled.ok) return refused(settled.locked, settled.message, null);
  const project: Project = { ...loaded, stateDir: settled.stateDir, movesTo: null };
  const signals = watchSignals(io);
  const standBy = {
    say: (message: string) => io.err.write(`notice: ${message}\n`),
    signal: signals.interrupted,
  };
  const command = 'rh-batch apply';
  const opened = await project.stores
    .open(project, {
      ...{ clock, command, account, standBy },
      ...(project.manifest.execution.onUnknown === 'resubmit'
        ? { lateAnswersMs: defaultTimeouts.createMs }
        : {}),
    })
    .finally(() => signals.stop());
  if (!opened.ok) {
    const code = signals.code();
    if (code !== null) return { ok: false, exitCode: code };
    const { is, message, hint } = opened.problem;
    return refused(is === 'locked', message, hint);
  }
  const { store, notices } = opened;
  if ('notBefore' in clock) clock.notBefore((store.state.lastAt ?? 0) + 1);
  return { ok: true, project, store, notices };
};
