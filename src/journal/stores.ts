import type { Recorded } from './event.js';
import type { Holder } from './files/lock.js';
import type { BatchState } from './state.js';
import type { Opened, StoreOptions, StoreProblem } from './store.js';

/** What tells one batch's journal from those of others. */
export interface JournalPlace {
  /** The batch's own folder on this machine. */
  readonly stateDir: string;
  /** Of the batch: what tells it in a store that machines share. */
  readonly name: string;
}

export type ReadJournal =
  | { readonly ok: true; readonly state: BatchState }
  | { readonly ok: false; readonly problem: StoreProblem };

/** Follows a journal that another process writes. */
export interface Tail {
  readonly state: BatchState;
  /** Tells what is new. A journal that was replaced is told from its beginning. */
  read(each: (event: Recorded) => void): Promise<StoreProblem | null>;
  /** Whether there is a journal at all. */
  exists(): Promise<boolean>;
  /** Who is at work, as far as can be told from here; null: nobody. Never throws. */
  holder(): Promise<Holder | null>;
  close(): Promise<void>;
}

/** The journal of another batch of the same target. */
export interface OtherJournal {
  readonly name: string;
  readonly state: BatchState;
  events(each: (event: Recorded) => void): Promise<StoreProblem | null>;
}

/** What the service was given already, for machines that share it. */
export interface SharedUploads {
  all(account: string): Promise<readonly SharedUpload[]>;
  /** `fileName` null: the service no longer knows it. Never throws. */
  put(account: string, upload: SharedUpload): Promise<void>;
}

interface SharedUpload {
  readonly sha256: string;
  readonly fileName: string | null;
  readonly at: number;
  readonly kept: boolean;
}

/** Where journals are kept. All that reads or writes the journal of a batch is given one. */
export interface Stores {
  /** To write: nobody else does until it is closed. */
  open(place: JournalPlace, options: StoreOptions): Promise<Opened>;
  /** For status, plan and report: no lock, no writing, also while an apply is at work. */
  read(place: JournalPlace): Promise<ReadJournal>;
  /** The same of an apply that is over, here or elsewhere: a submit without an answer is unknown. */
  readEnded(place: JournalPlace): Promise<ReadJournal>;
  follow(place: JournalPlace): Tail;
  /** Who is at work, as far as can be told from here; null: nobody. Never throws. */
  holder(place: JournalPlace): Promise<Holder | null>;
  /** Of machines that share a store. Absent: state folders are looked for by who wants them. */
  readonly shared?: {
    /** Other batches that ran this target, as if they were over. */
    others(place: JournalPlace, target: string): Promise<readonly OtherJournal[]>;
    readonly uploads: SharedUploads;
  };
}
