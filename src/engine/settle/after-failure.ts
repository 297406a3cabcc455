import { backoffMs } from '../../edges/backoff.js';
import type { RunError } from '../../journal/event.js';
import type { PlannedRun } from '../../plan/plan.js';
import type { RunId } from '../../values/ids.js';
import type { Context } from '../context.js';
import type { FollowedTask } from '../watch/task.js';

const retryPause = { firstMs: 5_000, maxMs: 60_000 };

/** A task failed: its run returns to the queue where the retries allow it. */
export const afterTaskFailure = (
  context: Context,
  { run, reused }: FollowedTask,
  error: RunError,
): 'again' | 'retry' | 'final' => {
  if (!run.selected || !forgetLostUploads(context, run.id, reused, error.message))
    return afterFailure(context, run, error);
  context.queue.tryLater(run, context.now);
  return 'again';
};

/** So often a task is made again that the service forgot; perhaps it is the one that ends the service. */
const maxForgotten = 3;

/** The service forgot a task that cost nothing: it is made again, and that is told. */
export const afterForgotten = (
  context: Context,
  { run }: FollowedTask,
  error: RunError,
): 'again' | 'final' => {
  const { retries, totals, queue, edges, now } = context;
  if (!run.selected || retries.forgotten(run.id) > maxForgotten) {
    totals.failed();
    return 'final';
  }
  edges.show({ type: 'notice', message: `${run.name}: ${error.message}; it is made again` });
  queue.tryLater(run, now);
  return 'again';
};

/** A run failed: it returns to the queue after a pause where the retries allow it. */
export const afterFailure = (
  { queue, retries, totals, edges, now }: Context,
  run: PlannedRun,
  error: RunError,
): 'retry' | 'final' => {
  // A run that is followed only because it was paid for was not selected for another submit.
  const then = run.selected ? retries.after(run.id, error) : 'final';
  if (then === 'final') totals.failed();
  else queue.tryLater(run, now + backoffMs(retryPause, retries.count(run.id), edges.random));
  return then;
};

/**
 * Whether a failure names an upload of an earlier apply, which the service has lost. The upload is
 * then forgotten, so that it is made again, once per run and without counting a try.
 */
export const forgetLostUploads = (
  { edges, retries }: Context,
  run: RunId,
  reused: ReadonlyMap<string, string>,
  message: string,
): boolean => {
  const lost = [...reused].filter(([, name]) => message.includes(name));
  if (lost.length === 0 || !retries.mayUploadAgain(run)) return false;
  for (const [sha256] of lost) edges.uploads.forget(sha256);
  return true;
};
