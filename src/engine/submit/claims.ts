import type { Submit } from '../../runninghub/receiver.js';
import type { RunId, TaskId } from '../../values/ids.js';
import { isTaskId } from '../../values/ids.js';
import { backoffMs } from '../../edges/backoff.js';
import type { Context } from '../context.js';
import type { ReadyRun } from './supply.js';

/** A submit whose answer was lost, as long as nobody knows what became of it. */
export interface LostSubmit {
  readonly ready: ReadyRun;
  readonly attempt: number;
  readonly sentAt: number;
  /** Whether it holds a slot. */
  held: boolean;
  /** A task of its own is being looked at, or it is settled: nothing else may settle it. */
  taken: boolean;
}

/** So much longer than the longest run known an event is waited for. */
const grace = { times: 2, ms: 30_000 };
const readTries = 3;
const readPause = { firstMs: 1_000, maxMs: 8_000 };

/**
 * The webhook of each submit names its run and attempt, in a URL that nobody but the service was
 * told. So an event that comes there tells which task a submit made whose answer was lost; that
 * the task is one of this account, and of no other run, is checked before it is believed.
 */
export class Claims {
  /** Submits whose answer was lost in this apply. */
  readonly #lost = new Map<RunId, LostSubmit>();
  /** An event may come while the answer is still awaited. */
  readonly #early = new Map<RunId, { readonly attempt: number; readonly taskId: TaskId }>();
  #arriving = false;
  #checking = 0;

  constructor(
    private readonly context: Context,
    /** A lost submit made this task: what follows. */
    private readonly found: (lost: LostSubmit, taskId: TaskId) => Promise<void>,
  ) {}

  /** Events that may still tell, or whose task is being looked at. `longestRunMs`: null where none is known. */
  awaited(longestRunMs: number | null): number {
    if (!this.#arriving || longestRunMs === null) return this.#checking;
    const since = this.context.now - grace.times * longestRunMs - grace.ms;
    const open = [...this.#lost.values()].filter(({ taken, sentAt }) => !taken && sentAt > since);
    return this.#checking + open.length;
  }

  add(lost: LostSubmit): void {
    const { id } = lost.ready.run;
    this.#lost.set(id, lost);
    const early = this.#early.get(id);
    if (early?.attempt === lost.attempt) this.#look(lost, early.taskId);
    this.#early.delete(id);
  }

  /** It was answered after all. */
  answered(run: RunId): void {
    this.#early.delete(run);
  }

  /** An event of this task came to the webhook of that submit. `underWay`: answers are awaited. */
  told({ run, attempt }: Submit, taskId: string, underWay: boolean): void {
    if (!isTaskId(taskId)) return;
    this.#arriving = true;
    const lost = this.#lost.get(run);
    if (lost?.attempt === attempt) this.#look(lost, taskId);
    else if (underWay) this.#early.set(run, { attempt, taskId });
  }

  #look(lost: LostSubmit, taskId: TaskId): void {
    if (lost.taken || this.#isKnown(taskId)) return;
    lost.taken = true;
    this.context.track(this.#check(lost, taskId));
  }

  async #check(lost: LostSubmit, taskId: TaskId): Promise<void> {
    this.#checking += 1;
    try {
      if (await this.#exists(taskId)) await this.found(lost, taskId);
      else lost.taken = false;
    } finally {
      this.#checking -= 1;
    }
  }

  /** Whether the service knows it as one of this account. */
  async #exists(taskId: TaskId): Promise<boolean> {
    const { edges, reads } = this.context;
    for (let tries = 1; tries <= readTries && !reads.signal.aborted; tries += 1) {
      const { is } = await edges.service.outputs(taskId, reads.signal);
      if (is !== 'unread' && is !== 'missing') return true;
      await edges.clock.sleep(backoffMs(readPause, tries, edges.random), reads.signal);
    }
    return false;
  }

  #isKnown(taskId: TaskId): boolean {
    for (const { attempts } of this.context.edges.journal.state.runs.values())
      if (attempts.some((attempt) => attempt.taskId === taskId)) return true;
    return false;
  }
}
