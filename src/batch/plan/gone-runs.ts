import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { SavedFile } from '../../journal/event.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import { profilesIn } from '../../manifest/names.js';
import type { Matrix } from '../../matrix/combination.js';
import type { Plan } from '../../plan/plan.js';
import type { BatchOptions } from '../options/options.js';
import { selectionOf, withoutSelection } from '../options/options.js';
import { identify } from '../connect.js';
import { lookElsewhere } from './elsewhere.js';
import type { Io } from '../../edges/io.js';
import { planProject } from './planning.js';
import type { Project } from '../load/project.js';
import { loadProject } from '../load/project.js';
import { readEnvFile } from '../load/environment.js';

/** Runs with outputs that the journal knows and no plan has, and all plans that were asked. */
export interface Gone {
  readonly runs: readonly RunRecord[];
  readonly plans: readonly Plan[];
}

/** The files that the journal holds of a run that has ended. */
export const endedFiles = ({ state }: RunRecord): readonly SavedFile[] =>
  state.is === 'succeeded' || state.is === 'failed' ? (state.files ?? []) : [];

/** A plan as `rh-batch plan` makes it with these options, of all runs; null: there are errors. */
export const planFor = async (
  project: Project,
  history: BatchState,
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Plan | null> => {
  const env = await readEnvFile(options, io, problems);
  const made = await planProject(
    project,
    {
      history,
      elsewhere: await lookElsewhere(project, history),
      selection: selectionOf(withoutSelection(options)),
      env,
      clock: identify(options, io, env, new Problems())?.clock ?? io.clock,
    },
    problems,
  );
  return problems.errors > 0 ? null : made;
};

/**
 * Which runs are gone. What `_skip` leaves out for now and what another profile runs is not: it is
 * asked for too, and where that is impossible nobody can tell, which is an error. Cheap where no
 * file of a run outside of `plan` is there.
 */
export const goneRuns = async (
  plan: Plan,
  { project, history }: { readonly project: Project; readonly history: BatchState },
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Gone> => {
  const plans = [plan];
  const left = (): RunRecord[] =>
    [...history.runs.values()].filter(
      (record) =>
        !plans.some((each) => each.includes(record.id)) &&
        endedFiles(record).some(({ path }) => existsSync(resolve(project.outputsDir, path))),
    );
  if (left().length === 0) return { runs: [], plans };
  if (project.matrix.variables.some(({ name }) => name === '_skip')) {
    const all = { ...project, matrix: withSkipped(project.matrix) };
    const quiet = new Problems();
    const made = await planFor(all, history, options, io, quiet);
    if (made === null) problems.add(untold('rows that _skip leaves out have mistakes', quiet));
    else plans.push(made);
  }
  for (const profile of otherProfiles(project, options)) {
    const asked = { ...options, profile: profile ?? undefined };
    const quiet = new Problems();
    const other = await loadProject(asked, io, quiet);
    if (other !== null && other.stateDir !== project.stateDir) continue;
    const all = other === null ? null : { ...other, matrix: withSkipped(other.matrix) };
    const made = all === null ? null : await planFor(all, history, asked, io, quiet);
    if (made !== null) plans.push(made);
    // The manifest without a profile need not be whole.
    else if (profile !== null) problems.add(untold(`profile "${profile}" has mistakes`, quiet));
  }
  return { runs: left(), plans };
};

const untold = (what: string, { kept }: Problems): ReturnType<typeof error> =>
  error('E0747', null, `${what}, so it cannot be told which files are of runs that are gone`, {
    notes: kept.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    hint: 'mend them, or take them out of the manifest',
  });

const otherProfiles = (project: Project, options: BatchOptions): readonly (string | null)[] => {
  const text = new TextDecoder().decode(project.manifestBytes);
  const used = options.profile ?? null;
  const named = profilesIn(project.manifest.file, text);
  return [null, ...named].filter((profile) => profile !== used);
};

/** The same with the rows that `_skip` leaves out. */
const withSkipped = (matrix: Matrix): Matrix => ({
  variables: matrix.variables,
  tables: matrix.tables,
  deciding: matrix.deciding,
  emptyOnPurpose: matrix.emptyOnPurpose,
  async *combinations() {
    for await (const stretch of matrix.combinations())
      yield (function* () {
        for (const combination of stretch) {
          const variables = new Map(combination.variables);
          variables.delete('_skip');
          yield { ...combination, variables };
        }
      })();
  },
});
