import type { TaskId } from '../../values/ids.js';

/** What a policy may know of a task that is in flight. Times in ms since the epoch. */
export interface TaskFacts {
  readonly taskId: TaskId;
  readonly acceptedAt: number;
  /** Its end is to be told by an event (engine/hints). */
  readonly announced: boolean;
  /** First time it was seen RUNNING; null while it is queued. */
  readonly runningAt: number | null;
  /** When it was last known to be in flight: accepted, or an answer that said so. */
  readonly seenAt: number;
  /** How often it was asked for. */
  readonly polls: number;
  /** False while a request about it is under way or its next one has a time of its own. */
  readonly askable: boolean;
}

/** The situation that a policy decides in. */
export interface View {
  readonly now: number;
  readonly tasks: readonly TaskFacts[];
  /** What the account's count says; null: it is of no use now. */
  readonly census: {
    /** It was right of late; else tasks are polled as well as if there were no count. */
    readonly proven: boolean;
    /** Tasks of other programs, as far as is known. */
    readonly foreign: number;
    /** A reading is under way. */
    readonly reading: boolean;
    /** The last reading; null before the first. */
    readonly readAt: number | null;
    /** Tasks of ours that ended by the count and were not found yet. */
    readonly ghosts: number;
    readonly oldestGhostAt: number | null;
    readonly newestGhostAt: number | null;
  } | null;
  /** Ends are told by events that arrive, and arrive in time. */
  readonly announced: boolean;
  /** The account took one task more than it had room for, as far as was known: a count tells. */
  readonly unsure: boolean;
  /** Runs wait for a slot, so that a slot seen free is a slot used. */
  readonly hungry: boolean;
  readonly requestsPerSecond: number;
}

/** The next read: which, and not before when. */
export interface NextRead {
  readonly at: number;
  readonly ask: { readonly is: 'task'; readonly taskId: TaskId } | { readonly is: 'count' };
}

/** Decides what is asked next. Passed in, so that a better one replaces it whole. */
export interface PollPolicy {
  /** null: nothing before something changes. */
  next(view: View): NextRead | null;
  /** A task of this batch ended after this many ms of run time. */
  learn(runMs: number): void;
}
