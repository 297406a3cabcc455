import { join } from 'node:path';
import type { Clock } from '../edges/clock.js';
import { removeLeftOver } from '../edges/files/temporary.js';
import { Appender } from './files/append.js';
import { encode } from './codec.js';
import { compact, CompactionGain } from './files/compact.js';
import type { Disk } from './files/disk.js';
import { nodeDisk } from './files/disk.js';
import type { JournalEvent, Recorded } from './event.js';
import { Fold } from './fold.js';
import type { Hold, Holder, Lock, TookOver } from './files/lock.js';
import { isHere } from './files/holder.js';
import { takeLock } from './files/lock.js';
import type { ReadEnd } from './files/read.js';
import { readJournal } from './files/read.js';
import type { Rescued } from './files/rescue.js';
import { rescueJournal } from './files/rescue.js';
import type { BatchState } from './state.js';

/** Why a state folder cannot be used; each with a sentence for people and what to do. */
export interface StoreProblem {
  /** `store`: of a database that machines share. */
  readonly is: 'locked' | 'damaged' | 'newer' | 'unwritable' | 'store';
  readonly message: string;
  readonly hint: string;
}

export interface Store {
  /** Live: changes with every event. */
  readonly state: BatchState;
  /** On the disk once it resolves; rejects with `JournalFailure`. */
  append(event: JournalEvent): Promise<Recorded>;
  /** Records of another journal, with the times that they have; on the disk once it resolves. */
  adopt(events: Iterable<Recorded>): Promise<void>;
  /** In order with the others, on the disk with the next of them. */
  appendLater(event: JournalEvent): void;
  flush(): Promise<void>;
  /** After an append failed: writes the journal anew where it was deleted meanwhile. Never throws. */
  rescue(): Promise<Rescued>;
  /** Whether this process may still submit and write. Never throws. */
  stillHeld(): Promise<Hold>;
  /**
   * Whether a submit that goes out now is certainly the only one; absent: the lock says it all. Asked
   * when its intent is recorded, right before it is sent. Never throws.
   */
  maySend?(): Promise<boolean>;
  /** Somebody waits for the end: what does not answer is not waited for much longer. */
  hurry?(): void;
  /** Calls back for every event as soon as it is recorded. */
  onEvent(listener: (event: Recorded) => void): void;
  close(): Promise<void>;
}

export type Opened =
  | { readonly ok: true; readonly store: Store; readonly notices: readonly string[] }
  | { readonly ok: false; readonly problem: StoreProblem };

export interface StoreOptions {
  readonly clock: Clock;
  /** For the lock's holder line. */
  readonly command: string;
  readonly disk?: Disk;
  /** Whose tasks are submitted, where machines share a store. Absent: of the batch's last apply. */
  readonly account?: string;
  /**
   * A run whose answer was lost is left alone until it was for so long, where who submitted it may
   * still be at work on another machine; absent: nobody submits such a run again by itself.
   */
  readonly lateAnswersMs?: number;
  /** Waits while another machine leads, and says so; absent: that is a problem. */
  readonly standBy?: { say(message: string): void; readonly signal: AbortSignal };
}

const journalName = 'journal.jsonl';
const lockName = 'lock';

export const journalPath = (stateDir: string): string => join(stateDir, journalName);
export const lockPath = (stateDir: string): string => join(stateDir, lockName);

/** Takes the lock, reads and folds the journal, cuts a torn tail, and is ready to append. */
export const openStore = async (stateDir: string, options: StoreOptions): Promise<Opened> => {
  const disk = options.disk ?? nodeDisk;
  let lock: Lock | null = null;
  try {
    await makeFolder(disk, stateDir);
    const now = new Date(options.clock.now()).toISOString();
    const locked = await takeLock(lockPath(stateDir), options.command, now);
    if (!locked.ok) return { ok: false, problem: heldProblem(stateDir, locked.holder, locked.why) };
    lock = locked.lock;
    await removeLeftOver(stateDir);
    const read = await readFolded(disk, stateDir);
    const problem = problemOf(stateDir, read.end);
    if (problem !== null) {
      await lock.release();
      return { ok: false, problem };
    }
    const bytes = await tidy(disk, stateDir, read);
    const appender = await Appender.open(disk, journalPath(stateDir), bytes);
    return {
      ok: true,
      store: new JournalStore(appender, read.fold, lock, options.clock, {
        disk,
        path: journalPath(stateDir),
      }),
      notices: noticesOf(stateDir, read.end, locked.tookOver),
    };
  } catch (cause) {
    await lock?.release();
    return { ok: false, problem: unwritable(stateDir, cause) };
  }
};

/** For status, plan and report: no lock, no writing, also while an apply is at work. */
export const readStore = async (
  stateDir: string,
  disk: Disk = nodeDisk,
): Promise<
  | { readonly ok: true; readonly state: BatchState }
  | { readonly ok: false; readonly problem: StoreProblem }
> => {
  const { fold, end } = await readFolded(disk, stateDir);
  const problem = problemOf(stateDir, end);
  return problem === null ? { ok: true, state: fold.state } : { ok: false, problem };
};

/** The same of an apply that is over, here or elsewhere: a submit without an answer is unknown. */
export const readEnded = async (
  stateDir: string,
  disk: Disk = nodeDisk,
): Promise<Awaited<ReturnType<typeof readStore>>> => {
  const { fold, end } = await readFolded(disk, stateDir);
  const problem = problemOf(stateDir, end);
  if (problem !== null) return { ok: false, problem };
  fold.orphan();
  return { ok: true, state: fold.state };
};

class JournalStore implements Store {
  #seq: number;
  readonly #listeners: ((event: Recorded) => void)[] = [];
  /** What the file did not take. Without intents: what was never durable was never sent. */
  readonly #unsaved: Recorded[] = [];

  constructor(
    private readonly appender: Appender,
    private readonly fold: Fold,
    private readonly lock: Lock,
    private readonly clock: Clock,
    private readonly place: { readonly disk: Disk; readonly path: string },
  ) {
    this.#seq = fold.lastSeq;
    fold.orphan();
  }

  get state(): BatchState {
    return this.fold.state;
  }

  async append(event: JournalEvent): Promise<Recorded> {
    const recorded = this.#stamp(event);
    // Folded at once, so that what asks before the sync sees it; told to others after it.
    const durable = this.appender.append(encode(recorded));
    this.fold.apply(recorded);
    try {
      await durable;
    } catch (cause) {
      if (event.type !== 'intent') this.#unsaved.push(recorded);
      throw cause;
    }
    this.#tell(recorded);
    return recorded;
  }

  appendLater(event: JournalEvent): void {
    const recorded = this.#stamp(event);
    this.appender.appendLater(encode(recorded), () => this.#unsaved.push(recorded));
    this.fold.apply(recorded);
    this.#tell(recorded);
  }

  async adopt(events: Iterable<Recorded>): Promise<void> {
    for (const event of events) {
      this.#seq += 1;
      const recorded = { ...event, seq: this.#seq };
      this.appender.appendLater(encode(recorded), () => this.#unsaved.push(recorded));
      this.fold.apply(recorded);
    }
    await this.appender.flush();
  }

  flush(): Promise<void> {
    return this.appender.flush();
  }

  async rescue(): Promise<Rescued> {
    return rescueJournal({
      ...this.place,
      file: this.appender.handle,
      bytes: this.appender.bytes,
      unsaved: this.#unsaved,
      now: new Date(this.clock.now()).toISOString(),
    });
  }

  stillHeld(): Promise<Hold> {
    return this.lock.stillHeld();
  }

  onEvent(listener: (event: Recorded) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.appender.close();
    await this.lock.release();
  }

  #stamp(event: JournalEvent): Recorded {
    this.#seq += 1;
    return { ...event, seq: this.#seq, at: new Date(this.clock.now()).toISOString() };
  }

  #tell(event: Recorded): void {
    for (const listener of this.#listeners) listener(event);
  }
}

interface Folded {
  readonly fold: Fold;
  readonly end: ReadEnd;
  readonly gain: CompactionGain;
}

const readFolded = async (disk: Disk, stateDir: string): Promise<Folded> => {
  const fold = new Fold();
  const gain = new CompactionGain();
  const end = await readJournal(disk, journalPath(stateDir), (event) => {
    fold.apply(event);
    gain.see(event);
  });
  return { fold, end, gain };
};

/** @returns how many bytes of the journal are whole. */
const tidy = async (disk: Disk, stateDir: string, { end, gain }: Folded): Promise<number> => {
  const bytes = end.is === 'whole' ? end.bytes : 0;
  if (!gain.worthwhile(bytes)) return bytes;
  await compact(disk, journalPath(stateDir));
  return (await disk.identity(journalPath(stateDir)))?.size ?? 0;
};

const makeFolder = async (disk: Disk, stateDir: string): Promise<void> => {
  await disk.mkdir(stateDir);
  await disk.createNew(join(stateDir, '.gitignore'), '*\n', 0o600);
};

/** Why a journal that was read like this cannot be used; null: it can. */
export const problemOf = (stateDir: string, end: ReadEnd): StoreProblem | null => {
  const path = journalPath(stateDir);
  switch (end.is) {
    case 'whole':
    case 'missing':
      return null;
    case 'damaged':
      return {
        is: 'damaged',
        message: `${path}:${end.line} is damaged (${end.why})`,
        hint: `rh-batch clean --repair moves the bad lines aside; look at them first`,
      };
    case 'newer':
      return {
        is: 'newer',
        message: `${path} was written by a newer rh-batch (journal version ${end.version})`,
        hint: 'use that version, or another --state-dir',
      };
    case 'unreadable':
      return { is: 'unwritable', message: `${path} cannot be read (${end.detail})`, hint: '' };
  }
};

const heldProblem = (stateDir: string, holder: Holder | null, why: string): StoreProblem => ({
  is: 'locked',
  message: `the state in ${stateDir} is ${why}`,
  hint:
    holder === null
      ? 'rh-batch unlock removes the lock, once nothing uses it'
      : isHere(holder)
        ? `wait for it, or end it (kill ${holder.pid}): it stops in an orderly way and lets go`
        : 'wait for it, or if it is certainly gone: rh-batch unlock',
});

const unwritable = (stateDir: string, cause: unknown): StoreProblem => ({
  is: 'unwritable',
  message: `the state folder ${stateDir} cannot be written (${cause instanceof Error ? cause.message : String(cause)})`,
  hint: 'without a journal nothing can be submitted safely: --state-dir chooses another folder',
});

const noticesOf = (stateDir: string, end: ReadEnd, tookOver: TookOver | null): string[] => {
  const notices: string[] = [];
  if (tookOver !== null)
    notices.push(
      tookOver.holder === null
        ? `took over: ${lockPath(stateDir)} was empty or damaged and named no process`
        : `took over from process ${tookOver.holder.pid}, which ended without letting go`,
    );
  if (end.is === 'whole' && end.torn)
    notices.push(`${journalPath(stateDir)}: the last line was cut short and is dropped`);
  if (end.is === 'whole' && end.outOfOrder > 0)
    notices.push(
      `${journalPath(stateDir)}: ${end.outOfOrder} records are out of order; was an older copy restored?`,
    );
  return notices;
};
