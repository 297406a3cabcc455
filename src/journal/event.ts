import type { RunId, TaskId } from '../values/ids.js';

/**
 * Everything that can happen to a batch. The engine emits these; the journal persists
 * them, one JSON line each; `fold` is the one definition of what they mean.
 * Plain JSON throughout: what is read back equals what was written.
 */
export type JournalEvent =
  | BatchBegan
  | PlannedInShard
  | BaseKnown
  | Intent
  | Accepted
  | Refused
  | Lost
  | Judged
  | Observed
  | Settled
  | Saved
  | Waits
  | Resolved
  | BatchEnded;

/** What the journal adds to each event when it appends it. */
interface Stamp {
  /** Grows by one with every record of a journal. */
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

export type Recorded<E extends JournalEvent = JournalEvent> = E & Stamp;

/** An apply begins. */
interface BatchBegan {
  readonly type: 'batch';
  /** Of the journal's format. A reader refuses a newer one. 2 brought `scope`, `planned` and `told`. */
  readonly version: 1 | 2;
  /** Of rh-batch. */
  readonly program: string;
  readonly name: string;
  /** The workflowId, or what stands in its place for another target. */
  readonly target: string;
  /** sha256 of the manifest's bytes. */
  readonly manifest: string;
  /** sha256 over site and key, first 16 hex digits; the key itself is never here. */
  readonly account: string;
  readonly emulated: boolean;
  /** When the apply began, by which its reports count; absent: at this record. */
  readonly startedAt?: string;
  /** Not in version 1. */
  readonly scope?: Scope;
}

/** What an apply is about. */
export interface Scope {
  /** Heading of its reports. */
  readonly title: string;
  /** How many runs were selected, and how many of them were not up to date. */
  readonly runs: number;
  readonly toDo: number;
  /** Which ones; absent: all of the batch, or an older rh-batch wrote it. */
  readonly selected?: readonly RunId[];
  /** The flags that chose them, as a shell takes them; absent: none, or an older rh-batch wrote it. */
  readonly typed?: readonly string[];
  /** The outputs' folder relative to the state's, `/` between parts; null where no such path exists. */
  readonly outputs: string | null;
  /** What templates read as batch.date; absent: an older rh-batch wrote it. */
  readonly date?: string;
  /** null: the whole batch. */
  readonly shard: Shard | null;
}

/** `--shard`: what tells whether journals of several machines belong together. */
export interface Shard {
  /** 1-based. */
  readonly index: number;
  readonly count: number;
  /** Runs of this shard, and of all shards together; rows to be skipped are not among them. */
  readonly runs: number;
  readonly total: number;
  /** sha256 over all that spans the runs, the same for every shard of a batch. */
  readonly matrix: string;
}

/**
 * A run of a sharded apply, whether it was submitted or not: with these a journal tells its
 * whole shard without manifest and tables. A later apply of the same shard adds what is new.
 */
export interface PlannedInShard {
  readonly type: 'planned';
  readonly run: RunId;
  /** Place in the full expansion of the matrix. */
  readonly index: number;
  readonly name: string;
  readonly row: { readonly file: string; readonly line: number } | null;
  readonly tags: readonly string[];
  /** Variables of the matrix in its order: an object would put those that look like numbers first. */
  readonly values: readonly (readonly [name: string, text: string])[];
  readonly overrides: readonly OverrideRecord[];
  /** Index of the earlier run of this shard with the same fingerprint. */
  readonly twinOf: number | null;
}

/** The base graph that fingerprints rest on, stored once per content so that a later plan can tell what changed. */
export interface BaseKnown {
  readonly type: 'base';
  readonly sha256: string;
  /** Literal fields of the graph: address → value text, and a digest of the wiring. */
  readonly fields: Readonly<Record<string, string>>;
  readonly wiring: string;
  readonly instance: string | null;
}

/** Durable before the create request's first byte. From here on a task may exist. */
interface Intent {
  readonly type: 'intent';
  readonly run: RunId;
  /** 1-based. */
  readonly attempt: number;
  /** What the run is; present on the first intent of a run in this journal, null afterwards. */
  readonly inputs: RunInputs | null;
  /** What the task will be called, where the service lets us say so. */
  readonly taskId?: TaskId;
}

/** The create call was answered with a task. Durable before anything else happens to the run. */
interface Accepted {
  readonly type: 'accepted';
  readonly run: RunId;
  readonly attempt: number;
  readonly taskId: TaskId;
}

/** The create call was answered with an error: certain that no task exists. */
interface Refused {
  readonly type: 'refused';
  readonly run: RunId;
  readonly attempt: number;
  readonly error: RunError;
  /** What follows from it: `capacity` costs no attempt; `final` fails the run. */
  readonly then: 'capacity' | 'retry' | 'final' | 'stop';
}

/** The answer to a create was lost: a task may exist. */
interface Lost {
  readonly type: 'lost';
  readonly run: RunId;
  readonly attempt: number;
  readonly why: string;
}

/** What was found out about a submit whose answer was lost, where that settles nothing. */
interface Judged {
  readonly type: 'judged';
  readonly run: RunId;
  readonly attempt: number;
  /** For people: counts that were seen, and what they mean. */
  readonly said: string;
  /** Tasks that it may be. */
  readonly candidates: readonly string[];
}

/** First time the task was seen RUNNING. */
interface Observed {
  readonly type: 'observed';
  readonly run: RunId;
  readonly taskId: TaskId;
}

/** The task reached its end. */
export interface Settled {
  readonly type: 'settled';
  readonly run: RunId;
  readonly taskId: TaskId;
  readonly outcome:
    | { readonly is: 'succeeded'; readonly outputs: readonly RemoteOutput[] }
    /** `again`: not the run's fault (a stale upload), so it costs no attempt. */
    | {
        readonly is: 'failed';
        readonly error: RunError;
        readonly then: 'retry' | 'again' | 'final';
      }
    | { readonly is: 'cancelled'; readonly by: 'user' | 'timeout' | 'service' };
  readonly cost: Cost;
}

/** The task's outputs are whole on the disk, synced and renamed. */
interface Saved {
  readonly type: 'saved';
  readonly run: RunId;
  readonly taskId: TaskId;
  readonly files: readonly SavedFile[];
  /** What `run.expect` found wanting, or null. */
  readonly error: RunError | null;
  /** Only the places of its files are new; the result is as old as it was. */
  readonly moved?: true;
  /** The run is gone from the plan, and files of it were removed because somebody asked for that. */
  readonly removed?: true;
  /** Where its files are; absent: the journal is of one machine. */
  readonly machine?: string;
}

/**
 * The task succeeded and not all of its outputs could be fetched: the rest waits for the next
 * apply. What is paid for is not bought again while its links may live.
 */
interface Waits {
  readonly type: 'waits';
  readonly run: RunId;
  readonly taskId: TaskId;
  /** Links as last told, in the order that names are made from. */
  readonly outputs: readonly RemoteOutput[];
  /** What is on the disk. */
  readonly files: readonly FetchedFile[];
  /** Why the rest is not. */
  readonly error: RunError;
}

/** A person or a policy settled an unknown run. */
export interface Resolved {
  readonly type: 'resolved';
  readonly run: RunId;
  readonly attempt: number;
  readonly how:
    | { readonly is: 'task'; readonly taskId: TaskId }
    | { readonly is: 'noTask'; readonly evidence: string }
    | { readonly is: 'resubmit' }
    | { readonly is: 'giveUp' };
  /** Absent: evidence or the manifest's policy settled it, or an older rh-batch wrote it. */
  readonly by?: 'person';
}

/** An apply ended in an orderly way. */
interface BatchEnded {
  readonly type: 'end';
  readonly exitCode: number;
  /** Why it stopped before its end; null when it did not. */
  readonly stop: string | null;
  /** When its reports say that it ended; absent: at this record. */
  readonly finishedAt?: string;
  /** Not in version 1. */
  readonly told?: Told;
}

/** What the reports tell of an apply beside its runs. */
export interface Told {
  readonly uploads: { readonly count: number; readonly bytes: number };
  readonly requests: { readonly create: number; readonly outputs: number };
  /** The most slots that were in use at once; not there where nothing was submitted. */
  readonly slots?: number;
  /** Why pending runs got no further: run id → an upload or a download that failed. */
  readonly held: Readonly<Record<string, RunError>>;
}

export interface RunInputs {
  readonly index: number;
  readonly name: string;
  readonly row: { readonly file: string; readonly line: number } | null;
  readonly tags: readonly string[];
  /** Variables of the matrix, as text. */
  readonly values: Readonly<Record<string, string>>;
  readonly overrides: readonly OverrideRecord[];
  /** sha256 of the base (see `base` events). */
  readonly base: string;
  readonly repeat: number;
}

export interface OverrideRecord {
  readonly node: string;
  readonly title: string | null;
  readonly class: string;
  readonly field: string;
  /** JSON of the value; text where a JSON number would lose digits. An asset's is its path as written. */
  readonly value: unknown;
  /** sha256 of the asset, where the value is one. */
  readonly asset?: string;
  /** The field is left to the service, and the run is not reproducible. */
  readonly asSaved?: true;
}

export interface RunError {
  readonly class: ErrorClass;
  /** The service's own code as text; null where there was none. */
  readonly code: string | null;
  /** For people: one sentence. */
  readonly message: string;
  readonly node: string | null;
  readonly field: string | null;
  readonly traceback: string | null;
}

/** What follows from an error (DESIGN 8; runninghub-api 10). */
export type ErrorClass = 'capacity' | 'transient' | 'task' | 'input' | 'account' | 'lost' | 'local';

export interface RemoteOutput {
  readonly url: string;
  readonly node: string | null;
  /** As the service names it: `png`, `mp4`, `txt` … */
  readonly type: string;
  /** Text results that come without a file (V2). */
  readonly text: string | null;
}

export interface SavedFile {
  /** Relative to the outputs' folder, `/` between parts. */
  readonly path: string;
  readonly url: string | null;
  readonly node: string | null;
  readonly type: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Lets a later plan skip hashing an untouched file. */
  readonly mtimeMs: number;
}

/** One of several outputs. */
export interface FetchedFile {
  /** Its place among the task's outputs. */
  readonly index: number;
  readonly file: SavedFile;
}

/** Of one task, from whatever the service tells. Decimals are text. */
export interface Cost {
  readonly coins: string | null;
  /** Sum of `consumeMoney` and `thirdPartyConsumeMoney`. */
  readonly money: string | null;
  /** `taskCostTime`, in milliseconds. */
  readonly taskTimeMs: number | null;
}

/** What an apply is doing right now; shown, never stored. */
export type LiveEvent =
  | { readonly type: 'phase'; readonly phase: Phase; readonly detail: string }
  | {
      readonly type: 'uploading';
      readonly sha256: string;
      readonly path: string;
      readonly bytes: number;
    }
  | {
      readonly type: 'uploaded';
      readonly sha256: string;
      readonly path: string;
      readonly reused: boolean;
    }
  | {
      readonly type: 'uploadFailed';
      readonly sha256: string;
      readonly error: RunError;
      /** How many runs need it. */
      readonly runs: number;
    }
  | { readonly type: 'blocked'; readonly run: RunId; readonly error: RunError }
  | { readonly type: 'adopted'; readonly run: RunId; readonly taskId: TaskId }
  /** What a running task does right now, where its socket tells; may stop at any time. */
  | {
      readonly type: 'progress';
      readonly run: RunId;
      readonly taskId: TaskId;
      readonly node: string;
      /** Of the node in api.json, else its class; null: the file has no such node. */
      readonly title: string | null;
      /** Of this node, 0 to 100; null: it does not tell. */
      readonly percent: number | null;
    }
  | { readonly type: 'waiting'; readonly for: 'capacity' | 'service'; readonly message: string }
  | { readonly type: 'slots'; readonly limit: number; readonly inFlight: number }
  | { readonly type: 'notice'; readonly message: string };

export type Phase = 'plan' | 'check' | 'run' | 'report';
