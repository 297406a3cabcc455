import { JournalFailure } from '../files/append.js';
import { encode } from '../codec.js';
import type { JournalEvent, Recorded } from '../event.js';
import type { Claim } from './claim.js';
import type { Database, Row } from './database.js';
import { mayPass, numberOf, textOf } from './database.js';
import { schemaVersion } from './schema.js';

/** A database that restarts is waited for so long; less once somebody waits for the end. */
export const patienceMs = 60_000;
const hurryMs = 2_500;
const pauseMs = 500;
const groupSize = 500;

interface Waiting {
  readonly n: number;
  readonly event: Recorded;
  readonly done: () => void;
  readonly failed: (cause: JournalFailure) => void;
}

export interface AppendTo {
  readonly database: Database;
  readonly batch: number;
  readonly claim: Claim;
  /** Of this process: what it writes twice, since an answer was lost, is kept once. */
  readonly writer: string;
  readonly machine: string;
  readonly shown: string;
}

/**
 * Appends records in groups, each group in one statement. A lost connection is waited for: whether
 * a group was written is told by its numbers, so that none is written twice.
 */
export class StoreAppender {
  #queue: Waiting[] = [];
  #n = 0;
  #draining: Promise<void> | null = null;
  #broken: JournalFailure | null = null;
  #hurriedAt: number | null = null;

  constructor(private readonly to: AppendTo) {}

  append(event: Recorded): Promise<void> {
    return new Promise((done, failed) => {
      this.#enqueue(event, done, failed);
    });
  }

  appendLater(event: Recorded, failed: () => void): void {
    this.#enqueue(event, () => undefined, failed);
  }

  async flush(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
    if (this.#broken !== null) throw this.#broken;
  }

  /** Waits for what is queued. Never throws. */
  async close(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  /** Somebody waits for the end: a database that does not answer is not waited for much longer. */
  hurry(): void {
    this.#hurriedAt ??= performance.now();
  }

  #enqueue(event: Recorded, done: () => void, failed: (cause: JournalFailure) => void): void {
    if (this.#broken !== null) {
      failed(this.#broken);
      return;
    }
    this.#n += 1;
    this.#queue.push({ n: this.#n, event, done, failed });
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
    });
  }

  async #drain(): Promise<void> {
    // One turn of the event loop later: what is appended together is written together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#queue.slice(0, groupSize);
      this.#queue = this.#queue.slice(groupSize);
      try {
        this.#settle(group, await this.#write(group));
      } catch (cause) {
        this.#broken = failureOf(this.to.shown, cause);
        for (const { failed } of [...group, ...this.#queue]) failed(this.#broken);
        this.#queue = [];
      }
    }
  }

  async #write(group: readonly Waiting[]): Promise<readonly Row[]> {
    const since = performance.now();
    for (;;) {
      try {
        return await appendRecords(this.to, group);
      } catch (cause) {
        if (!mayPass(cause) || this.#isOver(since)) throw cause;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  #isOver(since: number): boolean {
    const now = performance.now();
    return (
      now - since > patienceMs || (this.#hurriedAt !== null && now - this.#hurriedAt > hurryMs)
    );
  }

  #settle(group: readonly Waiting[], rows: readonly Row[]): void {
    const verdicts = new Map(rows.map((row) => [numberOf(row, 'r_n'), textOf(row, 'r_verdict')]));
    for (const waiting of group) {
      const verdict = verdicts.get(waiting.n);
      if (verdict === 'written') waiting.done();
      else if (verdict === 'late') this.#late(waiting);
      else {
        this.to.claim.isGone();
        waiting.failed(failureOf(this.to.shown, new Error('another machine leads this batch now')));
      }
    }
  }

  /** The run has gone on without this answer: a task that it names is kept as one that it may be. */
  #late({ event, done, failed }: Waiting): void {
    this.to.claim.isGone();
    if (event.type !== 'accepted') {
      done();
      return;
    }
    const { run, attempt, taskId, seq, at } = event;
    const said = `the submit was answered after all, too late: task ${taskId} exists`;
    this.#enqueue(
      { type: 'judged', run, attempt, said, candidates: [taskId], seq, at },
      done,
      failed,
    );
  }
}

/** Whatever the database says, it is not a defect of ours: no code of its own is passed on. */
export const failureOf = (shown: string, cause: unknown): JournalFailure =>
  new JournalFailure(
    `in the store ${shown}`,
    new Error(cause instanceof Error ? cause.message : String(cause)),
  );

/** One statement: all of it or nothing. `seq`: nothing is written unless the journal ends there. */
export const appendRecords = (
  { database, batch, claim, writer, machine }: AppendTo,
  records: readonly { readonly n: number; readonly event: Recorded }[],
  seq: number | null = null,
): Promise<readonly Row[]> =>
  database.query(
    'select * from rh_batch.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
    [
      batch,
      claim.queue,
      claim.job.id,
      claim.job.retryCount,
      seq,
      schemaVersion,
      writer,
      machine,
      records.map(({ n }) => n),
      records.map(({ event }) => event.type),
      records.map(({ event }) => ('run' in event ? event.run : null)),
      records.map(({ event }) => attemptOf(event)),
      records.map(({ event }) => encode(event).trimEnd()),
    ],
  );

const attemptOf = (event: JournalEvent): number | null =>
  'attempt' in event ? event.attempt : null;
