import { backoffMs } from '../../edges/backoff.js';
import type { Submit } from '../../runninghub/receiver.js';
import type { RunId, TaskId } from '../../values/ids.js';
import { isTaskId } from '../../values/ids.js';
import type { Context } from '../context.js';
import { followedTask } from '../watch/task.js';
import type { ReadyRun } from './queue.js';

/** A submit whose answer was lost, until its outcome is known. */
export interface LostSubmit {
  readonly ready: ReadyRun;
  readonly attempt: number;
  readonly sentAt: number;
  /** Whether it holds a slot. */
  held: boolean;
  /** A task of its own is being checked, or it is settled: nothing else may settle it. */
  taken: boolean;
}

/** An event is waited for twice as long as the longest run known, and this much longer. */
const eventWait = { times: 2, ms: 30_000 };
const readTries = 3;
const readPause = { firstMs: 1_000, maxMs: 8_000 };

/**
 * The webhook URL of each submit names its run and attempt, and only the service was given it. An
 * event that comes there therefore names the task of a submit whose answer was lost. Before it is
 * believed, the service must know the task as one of this account, and no other run may have it.
 */
export class Claims {
  /** Submits whose answer was lost in this apply. */
  readonly #lost = new Map<RunId, LostSubmit>();
  /** Events that came while the answer was still awaited. */
  readonly #early = new Map<RunId, { readonly attempt: number; readonly taskId: TaskId }>();
  #eventsArrive = false;
  #checking = 0;

  constructor(private readonly context: Context) {}

  /** Lost submits that an event may still settle. `longestRunMs`: null where none is known. */
  awaited(longestRunMs: number | null): number {
    if (!this.#eventsArrive || longestRunMs === null) return this.#checking;
    const since = this.context.now - eventWait.times * longestRunMs - eventWait.ms;
    const open = [...this.#lost.values()].filter(({ taken, sentAt }) => !taken && sentAt > since);
    return this.#checking + open.length;
  }

  add(lost: LostSubmit): void {
    const { id } = lost.ready.run;
    this.#lost.set(id, lost);
    const early = this.#early.get(id);
    if (early?.attempt === lost.attempt) this.#claim(lost, early.taskId);
    this.#early.delete(id);
  }

  /** The create was answered after all. */
  answered(run: RunId): void {
    this.#early.delete(run);
  }

  eventArrived({ run, attempt }: Submit, taskId: string): void {
    if (!isTaskId(taskId)) return;
    this.#eventsArrive = true;
    const lost = this.#lost.get(run);
    if (lost?.attempt === attempt) this.#claim(lost, taskId);
    else if (this.context.creates.underWay > 0) this.#early.set(run, { attempt, taskId });
  }

  #claim(lost: LostSubmit, taskId: TaskId): void {
    if (lost.taken || this.#isKnown(taskId)) return;
    lost.taken = true;
    this.context.track(this.#check(lost, taskId));
  }

  async #check(lost: LostSubmit, taskId: TaskId): Promise<void> {
    this.#checking += 1;
    try {
      if (await this.#exists(taskId)) await this.#follow(lost, taskId);
      else lost.taken = false;
    } finally {
      this.#checking -= 1;
    }
  }

  /** The task of a lost submit is known: it is followed like any other. */
  async #follow(lost: LostSubmit, taskId: TaskId): Promise<void> {
    const { context } = this;
    const { run, reused } = lost.ready;
    const { attempt } = lost;
    const how = { is: 'task', taskId } as const;
    await context.record({ type: 'resolved', run: run.id, attempt, how });
    context.totals.accepted();
    if (lost.held) context.creates.held -= 1;
    else context.slots.take(context.now);
    lost.held = false;
    const acceptedAt = context.now;
    context.inFlight.add(
      followedTask({
        ...{ run, attempt, taskId, acceptedAt },
        ...{ runningAt: null, reused, announced: true },
      }),
    );
    context.changed.notify();
  }

  /** Whether the service knows it as one of this account. */
  async #exists(taskId: TaskId): Promise<boolean> {
    const { edges, stopReads } = this.context;
    const { signal } = stopReads;
    for (let tries = 1; tries <= readTries && !signal.aborted; tries += 1) {
      const { is } = await edges.service.outputs(taskId, signal);
      if (is !== 'unread' && is !== 'missing') return true;
      await edges.clock.sleep(backoffMs(readPause, tries, edges.random), signal);
    }
    return false;
  }

  #isKnown(taskId: TaskId): boolean {
    for (const { attempts } of this.context.edges.journal.state.runs.values())
      if (attempts.some((attempt) => attempt.taskId === taskId)) return true;
    return false;
  }
}
