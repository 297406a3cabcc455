import type { Submit } from '../../runninghub/receiver.js';
import type { Fault } from '../../runninghub/service.js';
import type { RunId } from '../../values/ids.js';
import type { Context } from '../context.js';
import { Claims } from './claims.js';
import type { LostSubmit } from './claims.js';
import type { Evidence } from './evidence.js';
import { noTaskEvidence } from './evidence.js';
import type { ReadyRun } from './queue.js';
import { refusedFull } from './refused.js';

/** Creates lost in a row before the service counts as down: each may be a paid task. */
const maxLosses = 8;
/** The same where the answer is not the service's own: a web page, or nothing, with HTTP 200. */
const maxOddLosses = 3;
/** No task ends sooner than this after its submit. */
const shortestTaskMs = 2_000;
const holdCheckMs = 15_000;

/**
 * Creates whose answer was lost. A task may exist, so the run is `unknown` until the account's
 * count, an event or the user's policy settles it, and its slot stays taken as long as needed.
 */
export class LostAnswers {
  readonly #claims: Claims;

  constructor(private readonly context: Context) {
    this.#claims = new Claims(context);
  }

  /** Lost creates whose outcome is being found out. */
  get judging(): number {
    const { creates, totals } = this.context;
    return creates.judging + this.#claims.awaited(totals.longestRunMs);
  }

  /** The create of this run was answered, so no event is needed to find its task. */
  answered(run: RunId): void {
    this.#claims.answered(run);
  }

  eventArrived(submit: Submit, taskId: string): void {
    this.#claims.eventArrived(submit, taskId);
  }

  async lost(ready: ReadyRun, attempt: number, fault: Fault, sentAt: number): Promise<void> {
    const { context } = this;
    const { creates, edges } = context;
    if (fault.code === '804' && (await this.#isFull(sentAt)))
      return refusedFull(context, ready, attempt, fault);
    creates.held += 1;
    creates.lost += 1;
    creates.lostInARow += 1;
    const { lostInARow } = creates;
    if (lostInARow > 1) {
      creates.trouble(context.now, fault.retryAfterMs);
      edges.show({ type: 'waiting', for: 'service', message: fault.message });
    }
    if (lostInARow >= (fault.code === 'bad-answer' ? maxOddLosses : maxLosses))
      context.halt({
        is: 'service',
        message: `${lostInARow} submits in a row were not answered: ${fault.message}`,
      });
    await context.record({ type: 'lost', run: ready.run.id, attempt, why: fault.message });
    const lost: LostSubmit = { ready, attempt, sentAt, held: true, taken: false };
    this.#claims.add(lost);
    context.track(this.#settle(lost));
  }

  /**
   * "The task is running" as the answer to a create: some services say so for want of room, others
   * made a task (runninghub-api 19.1). Only the account's count proves that none was made.
   */
  async #isFull(sentAt: number): Promise<boolean> {
    const { creates, totals } = this.context;
    creates.proving += 1;
    try {
      return (await this.#evidence(sentAt, totals.shortestRunMs ?? shortestTaskMs)).noTask;
    } finally {
      creates.proving -= 1;
    }
  }

  #evidence(sentAt: number, shortestRunMs: number | null): Promise<Evidence> {
    const { edges, inFlight, stopReads } = this.context;
    const input = { sentAt, shortestRunMs, known: () => inFlight.taskIds() };
    return noTaskEvidence(input, edges.service, edges.clock, stopReads.signal);
  }

  async #settle(lost: LostSubmit): Promise<void> {
    const { creates } = this.context;
    creates.judging += 1;
    try {
      if (!lost.taken) await this.#judge(lost);
    } finally {
      creates.judging -= 1;
    }
    await this.#hold(lost);
  }

  /** Settles it where the outcome is certain or the user decided; else the run stays unknown. */
  async #judge(lost: LostSubmit): Promise<void> {
    const { context } = this;
    const { queue, creates } = context;
    const { ready, attempt, sentAt } = lost;
    const { run } = ready;
    const { onUnknown } = context.plan.manifest.execution;
    if (onUnknown === 'resubmit' && creates.mayResubmit(run.id)) {
      lost.taken = true;
      await context.record({ type: 'resolved', run: run.id, attempt, how: { is: 'resubmit' } });
      queue.tryLater(run, context.now);
    } else if (onUnknown === 'auto') {
      const { noTask, said } = await this.#evidence(sentAt, context.totals.shortestRunMs);
      // An event may have named its task meanwhile.
      if (lost.taken) return;
      if (!noTask) {
        await context.record({ type: 'judged', run: run.id, attempt, said, candidates: [] });
        return;
      }
      lost.taken = true;
      const how = { is: 'noTask', evidence: said } as const;
      await context.record({ type: 'resolved', run: run.id, attempt, how });
      queue.tryLater(run, context.now);
      this.#release(lost);
    }
  }

  /**
   * A lost attempt keeps its slot until the account counts no more tasks than are followed, or,
   * where it reports no count, until its task must have timed out.
   */
  async #hold(lost: LostSubmit): Promise<void> {
    const { context } = this;
    const { edges, inFlight, queue } = context;
    const { signal } = context.stopReads;
    const { queueMs, runMs } = context.plan.manifest.execution.timeout;
    const until = context.now + queueMs + runMs;
    while (lost.held && !signal.aborted && context.now < until) {
      // Nothing waits for the slot.
      if (context.stop !== null || queue.exhausted) break;
      await edges.clock.sleep(holdCheckMs, signal);
      const account = await edges.service.account(signal);
      if (account.is !== 'known' || account.tasksInFlight === null) continue;
      if (account.tasksInFlight <= inFlight.alive) break;
    }
    this.#release(lost);
  }

  #release(lost: LostSubmit): void {
    const { creates, slots, changed } = this.context;
    if (!lost.held) return;
    lost.held = false;
    creates.held -= 1;
    slots.release();
    changed.notify();
  }
}
