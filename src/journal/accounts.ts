import type { TaskId } from '../values/ids.js';
import type { BatchState, RunRecord } from './state.js';

/** The account that a run's task was submitted for; null: the journal does not tell. */
const accountOfTask = ({ attempts }: RunRecord, taskId: TaskId): string | null =>
  attempts.findLast((attempt) => attempt.taskId === taskId)?.account ?? null;

/** A task that was submitted for another account than the one in use. */
export interface Foreign {
  readonly taskId: TaskId;
  readonly account: string;
}

/**
 * The task of a run, if it was submitted for another account: only that one may tell what became
 * of it, since to every other key it is unknown.
 */
export const foreignTask = (record: RunRecord, account: string): Foreign | null => {
  const { state } = record;
  if (!('taskId' in state) || state.taskId === null) return null;
  const owner = accountOfTask(record, state.taskId);
  return owner === null || owner === account ? null : { taskId: state.taskId, account: owner };
};

/** All of them, by run. */
export const foreignTasks = (
  state: BatchState,
  account: string,
): ReadonlyMap<RunRecord, Foreign> => {
  const found = new Map<RunRecord, Foreign>();
  for (const record of state.runs.values()) {
    const foreign = foreignTask(record, account);
    if (foreign !== null) found.set(record, foreign);
  }
  return found;
};
