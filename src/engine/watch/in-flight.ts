import type { Clock } from '../../edges/clock.js';
import type { TaskId } from '../../values/ids.js';
import { ChangeSignal } from '../change-signal.js';
import { AccountCount } from './account-count.js';
import type { Reporter } from './end-reports.js';
import { EndReports, EventReliability, UnmatchedEvents } from './end-reports.js';
import type { TaskFacts } from './policy.js';
import type { FollowedTask } from './task.js';

/** A followed task, and when it is asked for. */
export interface Entry {
  readonly task: FollowedTask;
  /** Last time it was known to be in flight. */
  seenAt: number;
  /** A request about it is under way, or its answer is being carried out. */
  asking: boolean;
  /** Found to have ended; here until that is recorded. */
  ended: boolean;
  /** When it is asked next, whatever the policy says; null: the policy decides. */
  fixedAt: number | null;
  readonly reports: EndReports;
}

/** An event that comes so long after the count showed an end was not needed to see it. */
const eventLateMs = 500;

/**
 * The tasks that were accepted and are not known to have ended, and what is known of them beside
 * their own answers: the account's count, and reports of ends by webhooks and sockets.
 */
export class InFlight {
  readonly count = new AccountCount();
  readonly events = new EventReliability();
  readonly unmatched = new UnmatchedEvents();
  /** Notified when there may be another read to make. */
  readonly changed: ChangeSignal;
  /** Ends that were found so far. */
  found = 0;
  /** Tasks that are found to have ended and are not recorded yet. */
  ending = 0;
  readonly #entries = new Map<string, Entry>();
  #lastAnswerAt: number;
  #unanswered = 0;

  constructor(private readonly clock: Clock) {
    this.changed = new ChangeSignal(clock);
    this.#lastAnswerAt = clock.now();
  }

  /** Tasks that were accepted and whose end is not recorded. */
  get size(): number {
    return this.#entries.size;
  }

  /** Those of them that are believed to be in flight. */
  get alive(): number {
    return this.size - this.ending - this.count.unaccounted;
  }

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  tasks(): FollowedTask[] {
    return this.entries().map(({ task }) => task);
  }

  taskIds(): TaskId[] {
    return this.tasks().map(({ taskId }) => taskId);
  }

  /** How many wait in the service's queue, and how many run. */
  standing(): { queued: number; running: number } {
    const queued = this.tasks().filter(({ runningAt }) => runningAt === null).length;
    return { queued, running: this.size - queued };
  }

  get(taskId: string): Entry | undefined {
    return this.#entries.get(taskId);
  }

  add(task: FollowedTask): void {
    const now = this.clock.now();
    if (this.size === 0) this.readAnswered(now);
    this.#entries.set(task.taskId, {
      task,
      seenAt: now,
      asking: false,
      ended: false,
      fixedAt: null,
      reports: new EndReports(),
    });
    this.changed.notify();
    // The event of a short task may come before the create's answer.
    if (this.unmatched.take(task.taskId)) this.endReported(task.taskId, 'event');
  }

  remove(taskId: string): void {
    this.#entries.delete(taskId);
  }

  /**
   * Somebody reports that this task has ended. That is not verified, so the task is asked for as
   * soon as the request budget allows, a few times at most, and only the service's answer counts.
   * @returns whether the task is followed.
   */
  endReported(taskId: string, by: Reporter): boolean {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) return false;
    const now = this.clock.now();
    const { oldestUnaccountedAt } = this.count;
    const late = oldestUnaccountedAt !== null && now - oldestUnaccountedAt > eventLateMs;
    if (entry.ended || !entry.reports.add(by, late)) return true;
    // It is being asked, or has a time of its own: the report is looked at after that.
    if (entry.asking || entry.fixedAt !== null) return true;
    entry.fixedAt = entry.reports.nextReadAt(now);
    this.changed.notify();
    return true;
  }

  /** When any read was last answered. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /** Reads since then. */
  get unanswered(): number {
    return this.#unanswered;
  }

  readAnswered(at: number): void {
    this.#lastAnswerAt = at;
    this.#unanswered = 0;
  }

  readUnanswered(): void {
    this.#unanswered += 1;
  }
}

/** What the policy may know of a task. */
export const factsOf = ({ task, seenAt, asking, fixedAt }: Entry): TaskFacts => ({
  taskId: task.taskId,
  announced: task.announced,
  acceptedAt: task.acceptedAt,
  runningAt: task.runningAt,
  seenAt,
  polls: task.polls,
  askable: !asking && fixedAt === null,
});
