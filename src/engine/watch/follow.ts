import type { Cost, RunError } from '../../journal/event.js';
import type { PlannedRun } from '../../plan/plan.js';
import type { Fault, TaskAnswer, TaskCost, TaskOutput } from '../../runninghub/service.js';
import type { TaskId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';
import { errorOf, localError, mayBeFalseAlarm } from '../errors.js';

/** A task that the engine follows to its end. */
export interface Watched {
  readonly run: PlannedRun;
  readonly attempt: number;
  readonly taskId: TaskId;
  readonly acceptedAt: number;
  /** The service was asked to tell its end to a webhook of this apply. */
  readonly announced: boolean;
  runningAt: number | null;
  polls: number;
  /** Answers in a row that said "done" without a file. */
  emptyAnswers: number;
  /** Answers in a row that said "failed". */
  failedAnswers: number;
  /** Answers in a row that did not know the task. */
  missingAnswers: number;
  /** Reads in a row that gave nothing. */
  unread: number;
  /** A cancel was taken, or may have been. It ends nothing: the service says when a task ended. */
  cancelAsked: 'timeout' | 'user' | null;
  cancelAskedAt: number | null;
  /** Answers since then that said that it is in flight. */
  afterCancel: number;
  /** Names of uploads from earlier applies that it was submitted with, by sha256. */
  readonly reused: ReadonlyMap<string, string>;
}

export interface FollowOptions {
  readonly queueTimeoutMs: number;
  readonly runTimeoutMs: number;
}

export type Decision =
  | { readonly is: 'again'; readonly afterMs: number | null; readonly nowRunning: boolean }
  | { readonly is: 'cancel' }
  | { readonly is: 'succeeded'; readonly outputs: readonly TaskOutput[]; readonly cost: Cost }
  | { readonly is: 'failed'; readonly error: RunError; readonly cost: Cost }
  | { readonly is: 'cancelled'; readonly by: 'user' | 'timeout' | 'service'; readonly cost: Cost }
  /** The account itself is refused: following is over for now, the task stays in flight. */
  | { readonly is: 'stop'; readonly fault: Fault };

const noCost: Cost = { coins: null, money: null, taskTimeMs: null };
/** A done task without files is asked again this often before it is believed (runninghub-api 5.3). */
const emptyAnswersBelieved = 4;
/** Before the first repetition, and twice as long before each further one. */
const emptyPauseMs = 3_000;
/** 805 can be false: asked once more after a pause (runninghub-api 5.3). */
const failedPauseMs = 3_000;
/** 807 right after the create may be replication lag (runninghub-api 5.3). */
const missingForgivenMs = 60_000;
const missingBelieved = 5;
/** A cancelled task is asked for at such pauses, growing, and to end again after so many answers. */
const afterCancelMs = { stepMs: 5_000, maxMs: 60_000 };
const cancelAgainAfter = 8;
/** So long, and so many answers, after a cancel a task counts as one that does not obey it. */
const obeyMs = 120_000;
const obeyAnswers = 5;

/** A cancel went out. `taken`: it was answered so; else it may have been taken, and is sent again soon. */
export const cancelSent = (
  task: Watched,
  by: 'timeout' | 'user',
  taken: boolean,
  now: number,
): void => {
  task.cancelAsked ??= by;
  task.cancelAskedAt ??= now;
  if (!taken) task.afterCancel = cancelAgainAfter - 1;
};

/**
 * It was asked to end and is in flight for all that. It may hold its slot and cost for ever: it
 * is followed as long as anything else is to be done, and by the next apply.
 */
export const disobeys = (
  { cancelAskedAt, afterCancel }: Pick<Watched, 'cancelAskedAt' | 'afterCancel'>,
  now: number,
): boolean => cancelAskedAt !== null && afterCancel >= obeyAnswers && now - cancelAskedAt > obeyMs;

/** What one answer about a task means. Mutates only the counters of `task`. */
export const decide = (
  task: Watched,
  answer: TaskAnswer,
  now: number,
  options: FollowOptions,
): Decision => {
  if (answer.is !== 'unread') task.unread = 0;
  if (answer.is !== 'succeeded') task.emptyAnswers = 0;
  if (answer.is !== 'failed') task.failedAnswers = 0;
  if (answer.is !== 'missing' && answer.is !== 'unread') task.missingAnswers = 0;
  switch (answer.is) {
    case 'queued':
      // Once seen running it stays so: 813 and 804 may alternate (runninghub-api 5.3).
      return pending(task, now, options, false);
    case 'running':
      return pending(task, now, options, task.runningAt === null);
    case 'succeeded':
      task.emptyAnswers += 1;
      return answer.outputs.length > 0 || task.emptyAnswers > emptyAnswersBelieved
        ? { is: 'succeeded', outputs: answer.outputs, cost: costOf(answer.cost) }
        : { is: 'again', afterMs: emptyPauseMs * 2 ** (task.emptyAnswers - 1), nowRunning: false };
    case 'failed':
      if (task.cancelAsked !== null) return cancelled(task, costOf(answer.cost));
      task.failedAnswers += 1;
      return task.failedAnswers > 1
        ? { is: 'failed', error: errorOf(answer.fault), cost: costOf(answer.cost) }
        : { is: 'again', afterMs: failedPauseMs, nowRunning: false };
    case 'cancelled':
      return cancelled(task, costOf(answer.cost));
    case 'missing':
      task.missingAnswers += 1;
      if (now - task.acceptedAt < missingForgivenMs || task.missingAnswers < missingBelieved)
        return { is: 'again', afterMs: failedPauseMs, nowRunning: false };
      if (task.cancelAsked !== null) return cancelled(task, noCost);
      return {
        is: 'failed',
        // Never tried again by itself: it may have run, and been paid for.
        error: { ...errorOf(answer.fault), class: 'lost' },
        cost: noCost,
      };
    case 'unread':
      task.unread += 1;
      if (answer.fault.class === 'account' && believed(task, answer.fault))
        return { is: 'stop', fault: answer.fault };
      return { is: 'again', afterMs: answer.fault.retryAfterMs, nowRunning: false };
    default:
      return impossible(answer);
  }
};

/** Only several in a row are believed. */
const believed = (task: Watched, problem: Fault): boolean =>
  task.unread >= 5 || !mayBeFalseAlarm(problem);

const pending = (
  task: Watched,
  now: number,
  options: FollowOptions,
  nowRunning: boolean,
): Decision => {
  if (task.cancelAsked !== null) {
    task.afterCancel += 1;
    if (task.afterCancel % cancelAgainAfter === 0) return { is: 'cancel' };
    const { stepMs, maxMs } = afterCancelMs;
    return { is: 'again', afterMs: Math.min(maxMs, stepMs * task.afterCancel), nowRunning };
  }
  const runningAt = task.runningAt ?? (nowRunning ? now : null);
  const late =
    runningAt === null
      ? now - task.acceptedAt > options.queueTimeoutMs
      : now - runningAt > options.runTimeoutMs;
  return late ? { is: 'cancel' } : { is: 'again', afterMs: null, nowRunning };
};

const cancelled = (task: Watched, cost: Cost): Decision =>
  task.cancelAsked === 'timeout'
    ? { is: 'failed', error: timeoutError(task), cost }
    : { is: 'cancelled', by: task.cancelAsked ?? 'service', cost };

const timeoutError = (task: Watched): RunError =>
  task.runningAt === null
    ? localError(
        'timeout-queue',
        'The task waited longer than execution.timeout.queue and was cancelled',
      )
    : localError('timeout-run', 'The task ran longer than execution.timeout.run and was cancelled');

const costOf = (cost: TaskCost): Cost => ({
  coins: cost.coins,
  money: cost.money,
  taskTimeMs: cost.taskTimeMs,
});
