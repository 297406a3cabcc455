import type { Plan, PlannedRun } from '../../plan/plan.js';
import { spreadOrder } from '../../plan/runs/spread.js';
import { impossible } from '../../values/impossible.js';
import type { Context } from '../context.js';
import type { Settler } from '../settle/settle.js';

/** Vanished outputs that wait for their download while the batch continues. */
const fetchesAhead = 8;

/** The runs of the plan that are to be submitted. Vanished outputs are fetched on the way. */
export async function* runsToSubmit(
  context: Context,
  settler: Settler,
): AsyncGenerator<PlannedRun> {
  for await (const run of inOrder(context.plan)) {
    if (!run.acts) continue;
    switch (run.action) {
      case 'retry':
        if (!(await settler.fetchMore(run))) yield run;
        break;
      case 'new':
      case 'changed':
        yield run;
        break;
      case 'unknown':
        if (await mayPayAgain(context, run)) yield run;
        break;
      case 'download':
        await fetchAgain(context, settler, run);
        break;
      case 'cancelled':
      case 'upToDate':
        break;
      default:
        impossible(run.action);
    }
  }
}

/**
 * The order is of all selected runs, done or not: an apply that goes on where another one ended
 * keeps to it.
 */
async function* inOrder(plan: Plan): AsyncGenerator<PlannedRun> {
  const { execution, name } = plan.manifest;
  if (execution.order !== 'spread') {
    yield* plan.runs();
    return;
  }
  const runs: PlannedRun[] = [];
  for await (const run of plan.runs()) if (run.acts) runs.push(run);
  for (const at of spreadOrder(runs, name)) {
    const run = runs[at];
    if (run !== undefined) yield run;
  }
}

/** `onUnknown: resubmit`, for a run that an earlier apply left unknown. */
const mayPayAgain = async (context: Context, run: PlannedRun): Promise<boolean> => {
  const { plan, edges, creates } = context;
  const state = edges.journal.state.runs.get(run.id)?.state;
  // The service was asked when this apply began, and no task exists.
  if (state?.is === 'pending') return true;
  if (plan.manifest.execution.onUnknown !== 'resubmit' || state?.is !== 'unknown') return false;
  if (!creates.mayResubmit(run.id)) return false;
  const { attempt } = state;
  await context.record({ type: 'resolved', run: run.id, attempt, how: { is: 'resubmit' } });
  return true;
};

const fetchAgain = async (context: Context, settler: Settler, run: PlannedRun): Promise<void> => {
  // Adopted when this apply began, and perhaps finished or failed by now.
  if (context.adopted.has(run.id)) return;
  const state = context.edges.journal.state.runs.get(run.id)?.state;
  if (state?.is === 'failed' && state.taskId !== null && state.files !== undefined) {
    const { taskId, files } = state;
    return context.record({ type: 'saved', run: run.id, taskId, files, error: null });
  }
  if (state?.is !== 'succeeded') return;
  context.track(settler.fetchAgain(run, state));
  await settler.whenRoom(fetchesAhead);
};
