import type { Foreign } from '../../journal/accounts.js';
import { foreignTasks } from '../../journal/accounts.js';
import type { BatchState } from '../../journal/state.js';
import { otherAccountMessage } from '../../engine/other-accounts.js';
import type { Plan, PlannedRun } from '../../plan/plan.js';
import type { RunId } from '../../values/ids.js';

type Shown = Pick<Plan, 'manifest' | 'summary' | 'uploads' | 'estimate' | 'moves' | 'runs'>;

/**
 * A plan as this key would carry it out: a task in flight that was submitted with another one is
 * held, and not followed. The plan itself knows no key, so that it can be approved.
 */
export const asThisKeySees = async (
  plan: Shown,
  history: BatchState,
  account: string | null,
): Promise<Shown> => {
  const held = new Map<RunId, Foreign>();
  if (account !== null)
    for (const [{ id, state }, foreign] of foreignTasks(history, account))
      if (state.is === 'inFlight') held.set(id, foreign);
  if (held.size === 0) return plan;
  const seen = (run: PlannedRun): PlannedRun => {
    const foreign = held.get(run.id);
    if (foreign === undefined || run.action !== 'download') return run;
    const reason = `${otherAccountMessage(foreign.taskId)}: left alone`;
    return { ...run, action: 'unknown', reasons: [reason] };
  };
  let moved = 0;
  for await (const run of plan.runs()) if (run.acts && seen(run) !== run) moved += 1;
  const { summary } = plan;
  return {
    manifest: plan.manifest,
    summary: { ...summary, download: summary.download - moved, unknown: summary.unknown + moved },
    uploads: plan.uploads,
    estimate: plan.estimate,
    moves: plan.moves,
    async *runs() {
      for await (const run of plan.runs()) yield seen(run);
    },
  };
};
