import pLimit from 'p-limit';
import type { RemoteOutput, Settled } from '../journal/event.js';
import type { PlannedRun } from '../plan/plan.js';
import type { TaskId } from '../values/ids.js';
import { impossible } from '../values/impossible.js';
import type { Collected } from './collect.js';
import { collect } from './collect.js';
import type { Context } from './context.js';
import { errorOf, localError } from './errors.js';
import type { Decision, Watched } from './follow.js';
import { cancelSent } from './follow.js';
import type { Submitter } from './submit.js';

const downloadsAtOnce = 4;

/** What follows when a task ends: the slot is free at once, the outputs are fetched beside it. */
export class Settler {
  readonly #downloads = pLimit(downloadsAtOnce);

  constructor(
    private readonly context: Context,
    private readonly submitter: () => Submitter,
  ) {}

  /** Tasks whose outputs are being fetched or wait for it. */
  get fetching(): number {
    return this.#downloads.activeCount + this.#downloads.pendingCount;
  }

  async decided(task: Watched, decision: Decision): Promise<'keep' | 'done'> {
    const { run, taskId } = task;
    switch (decision.is) {
      case 'again':
        if (decision.nowRunning)
          this.context.edges.journal.appendLater({ type: 'observed', run: run.id, taskId });
        return 'keep';
      case 'cancel':
        return this.#cancel(task);
      case 'stop':
        this.context.haltBlind(decision.fault.message);
        return 'keep';
      case 'succeeded': {
        const outputs = decision.outputs.map((output) => ({ ...output }));
        await this.#settled(task, { is: 'succeeded', outputs }, decision.cost);
        this.context.track(this.fetch(run, taskId, outputs));
        return 'done';
      }
      case 'failed': {
        const { error } = decision;
        const then = this.submitter().afterTask(task, error);
        await this.#settled(task, { is: 'failed', error, then }, decision.cost);
        return 'done';
      }
      case 'cancelled':
        this.context.account.failed();
        await this.#settled(task, { is: 'cancelled', by: decision.by }, decision.cost);
        return 'done';
      default:
        return impossible(decision);
    }
  }

  async #settled(task: Watched, outcome: Settled['outcome'], cost: Settled['cost']): Promise<void> {
    const { context } = this;
    context.account.settled(task.runningAt, context.now, cost, outcome.is);
    await context.record({
      type: 'settled',
      run: task.run.id,
      taskId: task.taskId,
      outcome,
      cost,
    });
  }

  /** Over its time: cancelled remotely and followed on, since it may have finished meanwhile. */
  async #cancel(task: Watched): Promise<'keep'> {
    const { service } = this.context.edges;
    const answer = await service.cancel(task.taskId, this.context.reads.signal);
    // Of a task that ended before, or that is not known, the next poll tells what became of it.
    const perhaps = answer.is === 'refused' && answer.fault.class === 'transient';
    if (answer.is === 'taken' || perhaps)
      cancelSent(task, 'timeout', answer.is === 'taken', this.context.now);
    return 'keep';
  }

  /** Fetches the outputs of a task that succeeded. */
  async fetch(run: PlannedRun, taskId: TaskId, outputs: readonly RemoteOutput[]): Promise<void> {
    const { plan, edges, options, reads } = this.context;
    const collected = await this.#downloads(() =>
      collect(plan, run, taskId, outputs, edges, {
        expect: plan.manifest.run.expect,
        nodes: options.nodes,
        signal: reads.signal,
      }),
    );
    await this.#collected(run, taskId, collected);
  }

  /** Outputs that vanished from the disk: the links are asked for again. */
  async fetchAgain(run: PlannedRun, taskId: TaskId): Promise<void> {
    const { edges, reads } = this.context;
    const answer = await this.#downloads(() => edges.service.outputs(taskId, reads.signal));
    switch (answer.is) {
      case 'succeeded':
        return this.fetch(run, taskId, answer.outputs);
      case 'unread':
        return this.#collected(run, taskId, {
          is: 'later',
          error: errorOf(answer.fault),
          disk: false,
        });
      case 'queued':
      case 'running':
      case 'failed':
      case 'cancelled':
      case 'missing': {
        const error = localError(
          'outputs-gone',
          'The outputs are no longer here and the service has them no more',
        );
        return this.#collected(run, taskId, { is: 'saved', files: [], error });
      }
      default:
        return impossible(answer);
    }
  }

  async #collected(run: PlannedRun, taskId: TaskId, collected: Collected): Promise<void> {
    const { context } = this;
    if (collected.is === 'saved') {
      if (collected.error !== null) context.account.failed();
      const { files, error } = collected;
      await context.record({ type: 'saved', run: run.id, taskId, files, error });
      return;
    }
    context.unfetched.set(run.id, collected.error);
    if (collected.disk)
      context.halt({
        is: 'machine',
        message: `Outputs cannot be written: ${collected.error.message}`,
      });
  }
}
