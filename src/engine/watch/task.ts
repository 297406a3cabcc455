import type { PlannedRun } from '../../plan/plan.js';
import type { TaskId } from '../../values/ids.js';

/** A task that the engine follows to its end. */
export interface FollowedTask {
  readonly run: PlannedRun;
  readonly attempt: number;
  readonly taskId: TaskId;
  readonly acceptedAt: number;
  /** The service was asked to report its end to a webhook of this apply. */
  readonly announced: boolean;
  runningAt: number | null;
  polls: number;
  /** Answers in a row that said "done" without a file. */
  emptyAnswers: number;
  /** Answers in a row that said "failed". */
  failedAnswers: number;
  /** Answers in a row that did not know the task. */
  missingAnswers: number;
  /** Reads in a row without an answer. */
  unread: number;
  /** A cancel was accepted, or may have been. The task still ends only when the service says so. */
  cancelAsked: 'timeout' | 'user' | null;
  cancelAskedAt: number | null;
  /** Answers since then that said that it is in flight. */
  afterCancel: number;
  /** Names of uploads of earlier applies that it was submitted with, by sha256. */
  readonly reused: ReadonlyMap<string, string>;
}

/** A task that is followed from now on, accepted just now or by an earlier apply. */
export const followedTask = ({
  announced = false,
  reused = new Map(),
  ...task
}: Pick<FollowedTask, 'run' | 'attempt' | 'taskId' | 'acceptedAt' | 'runningAt'> &
  Partial<Pick<FollowedTask, 'announced' | 'reused'>>): FollowedTask => ({
  ...task,
  announced,
  reused,
  polls: 0,
  emptyAnswers: 0,
  failedAnswers: 0,
  missingAnswers: 0,
  unread: 0,
  cancelAsked: null,
  cancelAskedAt: null,
  afterCancel: 0,
});
