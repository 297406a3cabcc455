import type { RunId, TaskId } from '../values/ids.js';
import type {
  BaseKnown,
  Cost,
  FetchedFile,
  PlannedInShard,
  RemoteOutput,
  RunError,
  RunInputs,
  SavedFile,
  Scope,
  Told,
} from './event.js';

/** Milliseconds since the epoch. */
export type Instant = number;

/** What `fold` makes of a journal. Used live, on resume, and by every command that reads. */
export interface BatchState {
  readonly name: string | null;
  readonly target: string | null;
  readonly emulated: boolean;
  /** Of the last apply. */
  readonly account: string | null;
  readonly lastSeq: number;
  /** Time of the last record. */
  readonly lastAt: Instant | null;
  readonly beganAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly exitCode: number | null;
  readonly stop: string | null;
  /** Of the last apply: create requests sent, accepted or not. */
  readonly creates: number;
  /** Of the last apply: create requests that made a task. */
  readonly accepted: number;
  /** sha256 of the manifest of the last apply. */
  readonly manifest: string | null;
  /** Of the last apply; null: an older rh-batch wrote it. */
  readonly scope: Scope | null;
  /** Of the last apply; null: it has not ended, or an older rh-batch wrote it. */
  readonly told: Told | null;
  /** Where outputs went in any apply, relative to the state's folder. */
  readonly folders: ReadonlySet<string>;
  /** By index; of a sharded batch only. */
  readonly planned: ReadonlyMap<number, PlannedInShard>;
  /** In the order of their first intent. */
  readonly runs: ReadonlyMap<RunId, RunRecord>;
  readonly bases: ReadonlyMap<string, BaseKnown>;
}

/** Everything known of one run. */
export interface RunRecord {
  readonly id: RunId;
  readonly inputs: RunInputs;
  readonly state: RunState;
  /** One per intent, oldest first; a capacity refusal's is here too, but does not count as a try. */
  readonly attempts: readonly AttemptRecord[];
  /** Failed tasks and final refusals so far: what `retries` bounds. */
  readonly failures: number;
  /** The name of the batch whose journal holds it; absent: this one's. */
  readonly from?: string;
  /** Why it is neither submitted nor followed here, for people. */
  readonly heldBy?: string;
}

export type RunState =
  /** Never submitted, or refused or failed in a way that allows another submit. */
  | { readonly is: 'pending'; readonly last: RunError | null }
  /** An intent without an answer: alive only inside a running apply; after a crash it reads `unknown`. */
  | { readonly is: 'submitting'; readonly attempt: number; readonly since: Instant }
  | {
      readonly is: 'inFlight';
      readonly attempt: number;
      readonly taskId: TaskId;
      readonly since: Instant;
      readonly runningSince: Instant | null;
    }
  | {
      readonly is: 'unknown';
      readonly attempt: number;
      readonly since: Instant;
      readonly why: string;
    }
  /** The task succeeded and its outputs are still to be fetched. */
  | {
      readonly is: 'fetching';
      readonly taskId: TaskId;
      readonly outputs: readonly RemoteOutput[];
      /** Those that are on the disk already; not there where none was recorded. */
      readonly files?: readonly FetchedFile[];
      /** Why the last try left some out; not there before there was one. */
      readonly error?: RunError;
    }
  | {
      readonly is: 'succeeded';
      readonly taskId: TaskId;
      readonly files: readonly SavedFile[];
      readonly at: Instant;
      /** When files of it were removed by `clean --orphans`; absent: they were not. */
      readonly removedAt?: Instant;
      /** Where the files are; absent: here, or they were before machines shared the journal. */
      readonly machine?: string;
    }
  /** `taskId` is null where the service refused the create. */
  | {
      readonly is: 'failed';
      readonly taskId: TaskId | null;
      readonly error: RunError;
      readonly at: Instant;
      /** Outputs that are on the disk but not what `run.expect` wants: paid for all the same. */
      readonly files?: readonly SavedFile[];
      readonly removedAt?: Instant;
    }
  | {
      readonly is: 'cancelled';
      readonly taskId: TaskId;
      readonly by: string;
      readonly at: Instant;
    };

export interface AttemptRecord {
  readonly attempt: number;
  /** That it was submitted for: of the `batch` event in force. Null: a journal without one. */
  readonly account: string | null;
  readonly intentAt: Instant;
  readonly taskId: TaskId | null;
  /** What its task was to be called; absent: the service was to choose. */
  readonly named?: TaskId;
  readonly acceptedAt: Instant | null;
  readonly runningAt: Instant | null;
  readonly settledAt: Instant | null;
  readonly end:
    | { readonly is: 'open' }
    | { readonly is: 'refused'; readonly error: RunError; readonly then: string }
    | { readonly is: 'lost'; readonly why: string }
    | { readonly is: 'succeeded' }
    | { readonly is: 'failed'; readonly error: RunError }
    | { readonly is: 'cancelled'; readonly by: string }
    | { readonly is: 'resolved'; readonly how: string; readonly by?: 'person' };
  readonly cost: Cost | null;
  /** What was seen after its answer was lost; not there where nothing was. */
  readonly evidence?: readonly string[];
  /** Tasks that it may be. */
  readonly candidates?: readonly string[];
}
