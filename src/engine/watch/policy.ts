import type { TaskId } from '../../values/ids.js';

/** What a policy may know of a task that is in flight. Times in ms since the epoch. */
export interface TaskFacts {
  readonly taskId: TaskId;
  readonly acceptedAt: number;
  /** The service was asked to report its end by an event. */
  readonly announced: boolean;
  /** First time it was seen RUNNING; null while it is queued. */
  readonly runningAt: number | null;
  /** When it was last known to be in flight: accepted, or an answer that said so. */
  readonly seenAt: number;
  /** How often it was asked for. */
  readonly polls: number;
  /** False while a request about it is under way or its next one has a fixed time. */
  readonly askable: boolean;
}

/** The situation that a policy decides in. */
export interface View {
  readonly now: number;
  readonly tasks: readonly TaskFacts[];
  /** What the account's count says; null: it is not used now. */
  readonly count: {
    /** It was right recently; if not, tasks are polled as well. */
    readonly proven: boolean;
    /** Known tasks of other clients. */
    readonly others: number;
    /** A reading is under way. */
    readonly reading: boolean;
    /** The last reading; null before the first. */
    readonly readAt: number | null;
    /** Ends that the count showed and that no read has found yet. */
    readonly unaccounted: number;
    readonly oldestUnaccountedAt: number | null;
    readonly newestUnaccountedAt: number | null;
  } | null;
  /** Events report ends, and arrive in time. */
  readonly announced: boolean;
  /** A create above the known limit was accepted. A count shows whether the limit is higher. */
  readonly limitUncertain: boolean;
  /** Runs wait for a slot, so a free slot that is seen early is used early. */
  readonly runsWaiting: boolean;
  readonly requestsPerSecond: number;
}

/** The next read: which, and not before when. */
export interface NextRead {
  readonly at: number;
  readonly ask: { readonly is: 'task'; readonly taskId: TaskId } | { readonly is: 'count' };
}

/** Decides which read is made next. Passed in, so that it can be replaced and compared. */
export interface PollPolicy {
  /** null: nothing before something changes. */
  next(view: View): NextRead | null;
  /** A task of this batch ended after this many ms of run time. */
  learn(runMs: number): void;
}
