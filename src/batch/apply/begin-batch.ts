import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import type { Scope, Shard } from '../../journal/event.js';
import type { Store } from '../../journal/store.js';
import { datumJson } from '../../values/datum-json.js';
import type { Plan } from '../../plan/plan.js';
import { toPlanned } from '../../plan/saved/record.js';
import type { Selection } from '../../plan/select/selection.js';
import { wholeOf } from '../../plan/select/whole.js';
import type { RunId } from '../../values/ids.js';
import type { Project } from '../load/project.js';
import { titleOf } from '../reports/results.js';
import { programVersion } from '../../edges/version.js';
import { toDoOf } from '../../plan/plan.js';

interface Beginning {
  readonly selection: Selection;
  /** The words that chose it. */
  readonly typed: readonly string[];
  readonly account: string;
  readonly profile: string | null;
  readonly startedAt: number;
}

/** Records that an apply begins and what it is about; of a shard, all its runs. */
export const beginBatch = async (
  store: Store,
  plan: Plan,
  project: Project,
  beginning: Beginning,
): Promise<void> => {
  const { manifest } = plan;
  const sha256 = createHash('sha256').update(project.manifestBytes).digest('hex');
  const shard = await shardOf(plan, project, beginning, sha256);
  store.appendLater({
    type: 'batch',
    version: 2,
    program: programVersion(),
    name: manifest.name,
    target: manifest.target.id,
    manifest: sha256,
    account: beginning.account,
    emulated: project.emulated,
    startedAt: new Date(beginning.startedAt).toISOString(),
    scope: {
      title: titleOf(manifest),
      runs: plan.summary.total,
      toDo: toDoOf(plan.summary),
      ...(await selectedOf(plan)),
      ...(beginning.typed.length === 0 ? {} : { typed: beginning.typed }),
      outputs: pathBetween(project.stateDir, project.outputsDir),
      date: project.date,
      shard,
    },
  });
  if (!store.state.bases.has(plan.base.sha256)) store.appendLater(plan.base);
  if (shard !== null)
    for await (const run of plan.runs()) {
      const known = store.state.planned.get(run.index);
      if (known?.run !== run.id || known.name !== run.name) store.appendLater(toPlanned(run));
    }
  await store.flush();
};

/** Nothing where all of the batch is. */
const selectedOf = async (plan: Plan): Promise<Pick<Scope, 'selected'>> => {
  if (plan.summary.total === plan.summary.planned) return {};
  const selected: RunId[] = [];
  for await (const run of plan.runs()) if (run.acts) selected.push(run.id);
  return { selected };
};

const shardOf = async (
  plan: Plan,
  project: Project,
  { selection, profile }: Beginning,
  manifestSha256: string,
): Promise<Shard | null> => {
  if (selection.shard === null) return null;
  const vars = [...plan.manifest.vars].map(([name, { value }]) => [name, datumJson(value)]);
  const { runs, total, sha256 } = await wholeOf(project.matrix, selection, [
    manifestSha256,
    plan.base.sha256,
    JSON.stringify(vars),
    profile ?? '',
  ]);
  return { ...selection.shard, runs, total, matrix: sha256 };
};

const pathBetween = (from: string, to: string): string | null => {
  const path = relative(from, to);
  return isAbsolute(path) ? null : path.split(sep).join('/');
};
