import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { BatchState } from '../../journal/state.js';
import type { Plan } from '../../plan/plan.js';
import type { PlanOrigin } from '../../plan/saved/saved-plan.js';
import { originOf } from './approved-plan.js';
import type { BatchOptions } from '../options/options.js';
import { selectionOf } from '../options/options.js';
import { identify } from '../connect.js';
import { lookElsewhere } from './elsewhere.js';
import type { Io } from '../../edges/io.js';
import { planProject } from './planning.js';
import type { Project } from '../load/project.js';
import { loadProject } from '../load/project.js';
import { readEnvFile } from '../load/environment.js';
import { ledgerOf } from './uploads-ledger.js';

/** The same decisions as an apply's; no lock, no key needed, nothing sent. null: there are errors. */
export const planBatch = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Plan | null> => (await planWithOrigin(options, io, problems))?.plan ?? null;

export interface Planned {
  readonly plan: Plan;
  readonly origin: PlanOrigin;
  readonly project: Project;
  readonly history: BatchState;
  /** Of the key in use; null: there is none. */
  readonly account: string | null;
}

/** The same, with what a saved plan says of where it came from. */
export const planWithOrigin = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Planned | null> => {
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems, env);
  const selection = selectionOf(options);
  if (project === null || problems.errors > 0) return null;
  const read = await project.stores.read(project);
  if (!read.ok) {
    const { message, hint } = read.problem;
    problems.add(error('E0702', null, message, { hint }));
    return null;
  }
  // Without a key nothing is known to be uploaded; that only changes what the plan says of uploads.
  const { servers } = project.manifest.target;
  const identity = identify(options, io, env, new Problems(), servers);
  if (identity !== null && 'notBefore' in identity.clock)
    identity.clock.notBefore((read.state.lastAt ?? 0) + 1);
  const ledger = await ledgerOf({
    stateDir: project.stateDir,
    account: identity?.uploads ?? identity?.account ?? '',
    family: project.target.family,
    maxAgeMs: project.manifest.assets.maxAgeMs,
    clock: io.clock,
  });
  const elsewhere = await lookElsewhere(project, read.state);
  const clock = identity?.clock ?? io.clock;
  const madeAt = clock.now();
  const made = await planProject(
    project,
    { history: read.state, elsewhere, selection, env, clock, ledger, now: madeAt },
    problems,
  );
  if (made === null || problems.errors > 0) return null;
  const account = identity?.account ?? null;
  const origin = originOf(options, io, { project, account, history: read.state, madeAt });
  return { plan: made, origin, project, history: read.state, account };
};
