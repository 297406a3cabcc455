import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Ledger } from '../../assets/ledger.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Clock } from '../../edges/clock.js';
import type { Files } from '../../edges/files/files.js';
import type { ReadOnce } from '../../edges/files/read-once.js';
import type { BatchState } from '../../journal/state.js';
import { emptyState } from '../../journal/fold.js';
import { makePlan } from '../../plan/make-plan.js';
import type { Plan } from '../../plan/plan.js';
import type { Selection } from '../../plan/select/selection.js';
import type { Elsewhere } from './elsewhere.js';
import { withElsewhere } from './elsewhere.js';
import type { HoldsKey } from '../load/held-key.js';
import { pickedRuns } from '../picks/picked-runs.js';
import { withStars } from '../options/stars.js';
import { loginVariables } from '../servers/login.js';
import { Presence } from './presence.js';
import type { Project } from '../load/project.js';

export interface PlanningInput {
  /** null: as if nothing had ever run. */
  readonly history: BatchState | null;
  readonly selection: Selection;
  readonly env: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly ledger?: Ledger;
  /** What other states of the folder know. */
  readonly elsewhere?: Elsewhere | null;
  /** An approved plan is of its own time; absent: now. */
  readonly now?: number | undefined;
}

/** The one way from a project to a plan, for validate, plan and apply. */
export const planProject = async (
  project: Project,
  { history, selection, env, clock, ledger, elsewhere, now }: PlanningInput,
  problems: Problems,
): Promise<Plan | null> => {
  const { outputsDir, stateDir, manifest } = project;
  const known = withElsewhere(history ?? emptyState(), elsewhere);
  const meant = withStars(selection, project.matrix.variables);
  const picked =
    meant.marked === null ? null : await pickedRuns(project, known, meant.marked, problems);
  if (meant.marked !== null && picked === null) return null;
  const presence = new Presence({
    outputsDir,
    former: [
      ...[...(history?.folders ?? [])].map((folder) => resolve(stateDir, folder)).reverse(),
      ...(elsewhere?.folders ?? []),
    ],
    root: manifest.dir,
  });
  return makePlan(
    {
      manifest: project.manifest,
      target: project.target,
      workflow: project.workflow,
      matrix: project.matrix,
      history: known,
      selection: picked === null ? meant : { ...meant, picked },
      edges: {
        files: planFiles(project.files),
        now: now ?? clock.now(),
        date: project.date,
        env: withoutKeys(env, project.holdsKey),
        holdsKey: project.holdsKey,
        emulated: project.emulated,
        ...(project.shared === null ? {} : { machine: hostname() }),
        find: (file) => presence.find(file),
        occupied: (path) => presence.occupied(path),
        uploaded: (sha256) => ledger !== undefined && ledger.find(sha256) !== null,
      },
    },
    problems,
  );
};

/** Templates and commands may read the environment, but never keys: they would end up in fields and files. */
export const withoutKeys = (
  env: ReadonlyMap<string, string>,
  holdsKey: HoldsKey | null = null,
): ReadonlyMap<string, string> =>
  new Map(
    [...env].filter(([name, value]) => !secretNames.includes(name) && holdsKey?.(value) !== true),
  );

const secretNames: readonly string[] = [
  'RUNNINGHUB_API_KEY',
  'RUNNINGHUB_ACCESS_PASSWORD',
  'RH_BATCH_STORE',
  'PGPASSWORD',
  ...loginVariables,
];

/** Texts are kept by who reads them; assets, which may have gigabytes, are hashed as they pass. */
const planFiles = (files: ReadOnce): Files => ({
  read: (path, maxBytes) => files.read(path, maxBytes),
  glob: (dir, patterns, exclude) => files.glob(dir, patterns, exclude),
  beside: (dir, patterns, exclude) => files.beside(dir, patterns, exclude),
  facts: (path) => files.direct.facts(path),
  names: (dir) => files.direct.names(dir),
  stream: (path) => files.direct.stream(path),
});
