import { backoffMs } from '../../edges/backoff.js';
import type { Cost } from '../../journal/event.js';
import type { TaskAnswer } from '../../runninghub/service.js';
import type { Context } from '../context.js';
import { saysTooFast } from '../errors.js';
import type { LiveProgress } from '../live.js';
import type { Settler } from '../settle/settle.js';
import type { Decision, FollowOptions } from './follow.js';
import { decide } from './follow.js';
import type { Entry } from './in-flight.js';
import { ReportedTimes, runTimeOf } from './reported-times.js';
import type { FollowedTask } from './task.js';

/** So many reads in a row without an answer are shown. A single one means little. */
const unansweredShown = 2;
const unreadBackoff = { firstMs: 1_000, maxMs: 30_000 };

/** Asks for single tasks, and hands what the answer means to the settler. */
export class TaskReader {
  readonly #reportedTimes = new ReportedTimes();
  readonly #timeouts: FollowOptions;

  constructor(
    private readonly context: Context,
    private readonly settler: Settler,
    private readonly live: LiveProgress,
  ) {
    const { queueMs, runMs } = context.plan.manifest.execution.timeout;
    this.#timeouts = { queueTimeoutMs: queueMs, runTimeoutMs: runMs };
  }

  /** A task over its time is asked for before it is cancelled. null: it was asked for since. */
  timeoutAt({ task, seenAt }: Entry): number | null {
    const { runningAt, acceptedAt, cancelAsked } = task;
    const { queueTimeoutMs, runTimeoutMs } = this.#timeouts;
    const at = runningAt === null ? acceptedAt + queueTimeoutMs : runningAt + runTimeoutMs;
    return cancelAsked !== null || seenAt > at ? null : at + 1;
  }

  /** Rejects only when the journal or the settler fails. */
  async ask(taskId: string): Promise<void> {
    const { context } = this;
    const { inFlight, stopReads } = context;
    const entry = inFlight.get(taskId);
    if (entry === undefined) return;
    const { task } = entry;
    entry.asking = true;
    entry.fixedAt = null;
    task.polls += 1;
    const sentAt = context.now;
    let answer: TaskAnswer;
    try {
      answer = await context.edges.service.outputs(task.taskId, stopReads.signal);
    } finally {
      entry.asking = false;
    }
    if (stopReads.signal.aborted) return;
    const now = context.now;
    this.#countAnswer(answer, now);
    const decision = decide(task, answer, now, this.#timeouts);
    if (decision.is === 'again' && decision.nowRunning) this.#started(task, now);
    if (answer.is === 'running' || answer.is === 'queued') this.#seenInFlight(entry, sentAt);
    if (answer.is === 'running' && answer.netWssUrl !== null)
      this.live.follow(task, answer.netWssUrl);
    if (decision.is === 'succeeded' || decision.is === 'failed' || decision.is === 'cancelled')
      this.#ended(entry, decision, now);
    entry.asking = true;
    const then = await this.settler.carryOut(task, decision);
    entry.asking = false;
    if (entry.ended) inFlight.ending -= 1;
    if (then === 'done') {
      inFlight.remove(task.taskId);
      this.live.forget(task.taskId);
    } else entry.fixedAt = this.#fixedAt(task, decision) ?? entry.reports.nextReadAt(now);
  }

  #countAnswer(answer: TaskAnswer, now: number): void {
    const { inFlight, readBudget, edges } = this.context;
    if (answer.is !== 'unread') {
      inFlight.readAnswered(now);
      return;
    }
    const { fault } = answer;
    inFlight.readUnanswered();
    if (inFlight.unanswered === unansweredShown)
      edges.show({ type: 'waiting', for: 'service', message: fault.message });
    if (saysTooFast(fault)) readBudget.tooFast(now);
  }

  #started(task: FollowedTask, now: number): void {
    const { slots, inFlight, changed } = this.context;
    task.runningAt = now;
    slots.started(inFlight.standing());
    changed.notify();
  }

  /** It is in flight, so it is not one of the ends that the count showed before. */
  #seenInFlight(entry: Entry, sentAt: number): void {
    const { context } = this;
    const { count } = context.inFlight;
    entry.seenAt = sentAt;
    const alive = context.inFlight.entries().filter(({ ended }) => !ended);
    const { newestUnaccountedAt } = count;
    if (newestUnaccountedAt === null) {
      context.slots.confirmed(Math.min(...alive.map(({ seenAt }) => seenAt)), context.now);
      return;
    }
    if (sentAt < newestUnaccountedAt) return;
    const possible = alive.filter(({ seenAt }) => seenAt <= newestUnaccountedAt).length;
    context.slotsChanged(count.possible(possible, context.now));
  }

  /** Its slot is free from now on, unless the count had already freed it. */
  #ended(entry: Entry, decision: Decision & { readonly cost: Cost }, now: number): void {
    const { context } = this;
    const { inFlight } = context;
    const { task, seenAt } = entry;
    const { runningAt } = task;
    const bounds = { runningAt, seenAt, now };
    const taskTimeMs = this.#reportedTimes.plausible(bounds, decision.cost.taskTimeMs);
    entry.ended = true;
    const { by, late } = entry.reports;
    // A socket may be quicker than the event, so its report does not show that events are late.
    if (task.announced && by !== 'socket') inFlight.events.ended(by === 'event' && !late);
    inFlight.ending += 1;
    inFlight.found += 1;
    const endedAt = runningAt === null || taskTimeMs === null ? null : runningAt + taskTimeMs;
    context.slotsChanged(inFlight.count.ended(endedAt, now));
    if (decision.is === 'succeeded' && runningAt !== null)
      context.options.policy.learn(runTimeOf({ runningAt, seenAt, now }, taskTimeMs));
  }

  /** When a task is asked for again, where the policy does not decide that. */
  #fixedAt(task: FollowedTask, decision: Decision): number | null {
    const { now, edges } = this.context;
    const afterMs = decision.is === 'again' ? decision.afterMs : null;
    if (task.unread > 0) return now + backoffMs(unreadBackoff, task.unread, edges.random, afterMs);
    return afterMs === null ? null : now + afterMs;
  }
}
