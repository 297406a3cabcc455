import type { Cost, RunError } from '../../journal/event.js';
import type { Fault, TaskAnswer, TaskCost, TaskOutput } from '../../runninghub/service.js';
import { impossible } from '../../values/impossible.js';
import { errorOf, localError, mayBeFalseAlarm } from '../errors.js';
import type { FollowedTask } from './task.js';

export interface FollowOptions {
  readonly queueTimeoutMs: number;
  readonly runTimeoutMs: number;
}

export type Decision =
  | { readonly is: 'again'; readonly afterMs: number | null; readonly nowRunning: boolean }
  | { readonly is: 'cancel' }
  | { readonly is: 'succeeded'; readonly outputs: readonly TaskOutput[]; readonly cost: Cost }
  | {
      readonly is: 'failed';
      readonly error: RunError;
      readonly cost: Cost;
      /** The service has forgotten the task: it may be made again without a price. */
      readonly forgotten?: true;
    }
  | { readonly is: 'cancelled'; readonly by: 'user' | 'timeout' | 'service'; readonly cost: Cost }
  /** The service refuses the account: following ends, and the task stays in flight. */
  | { readonly is: 'stop'; readonly fault: Fault };

const noCost: Cost = { coins: null, money: null, taskTimeMs: null };
/** A finished task without files is asked for again this often (runninghub-api 5.3). */
const maxEmptyAnswers = 4;
/** Before the first repetition, and twice as long before each further one. */
const emptyPauseMs = 3_000;
/** 805 can be false: asked once more after a pause (runninghub-api 5.3). */
const failedPauseMs = 3_000;
/** 807 right after the create may be replication lag (runninghub-api 5.3). */
const missingToleratedMs = 60_000;
const minMissingAnswers = 5;
/** Growing pauses between reads of a cancelled task. After so many answers it is cancelled again. */
const afterCancelMs = { stepMs: 5_000, maxMs: 60_000 };
const cancelAgainAfter = 8;
/** After so much time and so many answers a task counts as one that ignores its cancel. */
const ignoredMs = 120_000;
const ignoredAnswers = 5;

/** A cancel was sent. `taken`: it was accepted; else it may have been, and is sent again soon. */
export const cancelSent = (
  task: FollowedTask,
  by: 'timeout' | 'user',
  taken: boolean,
  now: number,
): void => {
  task.cancelAsked ??= by;
  task.cancelAskedAt ??= now;
  if (!taken) task.afterCancel = cancelAgainAfter - 1;
};

/**
 * It was cancelled and is still in flight. It may hold its slot and cost money for long, so it is
 * followed only while other work is left, and by the next apply.
 */
export const ignoresCancel = (
  { cancelAskedAt, afterCancel }: Pick<FollowedTask, 'cancelAskedAt' | 'afterCancel'>,
  now: number,
): boolean =>
  cancelAskedAt !== null && afterCancel >= ignoredAnswers && now - cancelAskedAt > ignoredMs;

/** What one answer about a task means. Changes only the counters of `task`. */
export const decide = (
  task: FollowedTask,
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
      return answer.outputs.length > 0 ||
        answer.certain === true ||
        task.emptyAnswers > maxEmptyAnswers
        ? { is: 'succeeded', outputs: answer.outputs, cost: costOf(answer.cost) }
        : { is: 'again', afterMs: emptyPauseMs * 2 ** (task.emptyAnswers - 1), nowRunning: false };
    case 'failed':
      if (task.cancelAsked !== null) return cancelled(task, costOf(answer.cost));
      task.failedAnswers += 1;
      return task.failedAnswers > 1 || answer.certain === true
        ? { is: 'failed', error: failureOf(answer), cost: costOf(answer.cost) }
        : { is: 'again', afterMs: failedPauseMs, nowRunning: false };
    case 'cancelled':
      return cancelled(task, costOf(answer.cost));
    case 'forgotten':
      return task.cancelAsked === null
        ? { is: 'failed', error: errorOf(answer.fault), cost: noCost, forgotten: true }
        : cancelled(task, noCost);
    case 'missing':
      // Seen of tasks that were cancelled (runninghub-api 5.4, 19.1).
      if (task.cancelAsked !== null && answer.noState !== undefined)
        return cancelled(task, costOf(answer.noState));
      task.missingAnswers += 1;
      if (now - task.acceptedAt < missingToleratedMs || task.missingAnswers < minMissingAnswers)
        return { is: 'again', afterMs: failedPauseMs, nowRunning: false };
      if (task.cancelAsked !== null) return cancelled(task, noCost);
      return {
        is: 'failed',
        // Not tried again automatically, because it may have run and been paid for.
        error: { ...errorOf(answer.fault), class: 'lost' },
        cost: noCost,
      };
    case 'unread':
      task.unread += 1;
      if (answer.fault.class === 'account' && isCertain(task, answer.fault))
        return { is: 'stop', fault: answer.fault };
      return { is: 'again', afterMs: answer.fault.retryAfterMs, nowRunning: false };
    default:
      return impossible(answer);
  }
};

/** A fault that may be a false alarm needs several in a row. */
const isCertain = (task: FollowedTask, problem: Fault): boolean =>
  task.unread >= 5 || !mayBeFalseAlarm(problem);

const pending = (
  task: FollowedTask,
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

const cancelled = (task: FollowedTask, cost: Cost): Decision =>
  task.cancelAsked === 'timeout'
    ? { is: 'failed', error: timeoutError(task), cost }
    : { is: 'cancelled', by: task.cancelAsked ?? 'service', cost };

/** What a person may have cancelled is not bought again by itself. */
const failureOf = ({ fault, orCancelled }: TaskAnswer & { is: 'failed' }): RunError =>
  orCancelled === true ? { ...errorOf(fault), class: 'lost' } : errorOf(fault);

const timeoutError = (task: FollowedTask): RunError =>
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
