import pLimit from 'p-limit';
import type { FetchedFile, RemoteOutput, SavedFile, Settled } from '../../journal/event.js';
import { endOfTask, linkLifeMs } from '../../journal/links.js';
import type { PlannedRun } from '../../plan/plan.js';
import type { TaskAnswer } from '../../runninghub/service.js';
import type { TaskId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';
import { backoffMs } from '../../edges/backoff.js';
import type { Collected, Left } from './collect.js';
import { collect } from './collect.js';
import type { Context } from '../context.js';
import { errorOf, localError } from '../errors.js';
import type { Decision, Watched } from '../watch/follow.js';
import { cancelSent } from '../watch/follow.js';
import type { Submitter } from '../submit/submit.js';

const downloadsAtOnce = 4;
const readTries = 5;
const readPause = { firstMs: 1_000, maxMs: 30_000 };

/** What follows when a task ends: the slot is free at once, the outputs are fetched beside it. */
export class Settler {
  readonly #downloads = pLimit(downloadsAtOnce);
  #collecting = 0;

  constructor(
    private readonly context: Context,
    private readonly submitter: () => Submitter,
  ) {}

  /** Tasks whose outputs are being fetched or wait for it. */
  get fetching(): number {
    return this.#collecting;
  }

  /** Resolves when the downloads that wait now have begun, where there are so many. */
  async room(atMost: number): Promise<void> {
    const { activeCount, pendingCount } = this.#downloads;
    if (activeCount + pendingCount >= atMost) await this.#downloads(() => Promise.resolve());
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

  /**
   * Fetches the outputs of a task that succeeded. What an earlier try left on the disk stays
   * there; `stale`: the links are not of this moment.
   */
  async fetch(
    run: PlannedRun,
    taskId: TaskId,
    outputs: readonly RemoteOutput[],
    { stale = false, files = [] }: { stale?: boolean; files?: readonly FetchedFile[] } = {},
  ): Promise<void> {
    const { plan, edges, options, reads } = this.context;
    this.#collecting += 1;
    try {
      const here = await this.#stillHere(outputs, files);
      const collected = await collect(plan, run, taskId, outputs, edges, {
        expect: plan.manifest.run.expect,
        nodes: options.nodes,
        signal: reads.signal,
        here,
        stale,
        atOnce: (work) => this.#downloads(work),
        trouble: (left) => this.#waits(run, taskId, left),
      });
      await this.#collected(run, taskId, collected);
    } finally {
      this.#collecting -= 1;
    }
  }

  /** Outputs that vanished from the disk: their links are asked for again. */
  fetchAgain(
    run: PlannedRun,
    { taskId, files }: { readonly taskId: TaskId; readonly files: readonly SavedFile[] },
  ): Promise<void> {
    const outputs = files.map(({ url, node, type }) => ({
      url: url ?? '',
      node,
      type,
      text: null,
    }));
    const fetched = files.map((file, index) => ({ index, file }));
    return this.fetch(run, taskId, outputs, { stale: true, files: fetched });
  }

  /**
   * A task that succeeded with fewer files than `run.expect` wants may have more by now, or
   * others of them are kept now: then these are fetched, and nothing is bought.
   */
  async fetchMore(run: PlannedRun): Promise<boolean> {
    const { edges, options, reads } = this.context;
    const state = edges.journal.state.runs.get(run.id)?.state;
    if (state?.is !== 'failed' || state.taskId === null) return false;
    if (state.error.code !== 'expect-outputs') return false;
    const { taskId, files = [] } = state;
    const ask = (): Promise<TaskAnswer> =>
      this.#downloads(() => edges.service.outputs(taskId, reads.signal));
    let answer = await ask();
    for (let tries = 1; answer.is === 'unread' && tries < readTries; tries += 1) {
      await edges.clock.sleep(backoffMs(readPause, tries, edges.random), reads.signal);
      answer = await ask();
    }
    if (answer.is === 'unread') {
      // What it has is not known, so it is not bought either.
      this.context.blocked.set(run.id, errorOf(answer.fault));
      return true;
    }
    if (answer.is !== 'succeeded') return false;
    const kept = answer.outputs.filter(
      ({ node }) => node === null || options.nodes?.has(node) !== false,
    );
    if (kept.length <= files.length) return false;
    const outputs = answer.outputs.map((output) => ({ ...output }));
    this.context.track(this.fetch(run, taskId, outputs));
    return true;
  }

  /** Places are those of the list that was recorded: where nodes are kept otherwise now, they tell nothing. */
  async #stillHere(
    outputs: readonly RemoteOutput[],
    files: readonly FetchedFile[],
  ): Promise<FetchedFile[]> {
    const { edges, options } = this.context;
    const { nodes } = options;
    if (outputs.some(({ node }) => nodes !== null && node !== null && !nodes.has(node))) return [];
    const kept = await Promise.all(
      files.map(async (found) => ((await edges.files.present(found.file)) ? [found] : [])),
    );
    return kept.flat();
  }

  async #waits(run: PlannedRun, taskId: TaskId, { outputs, files, error }: Left): Promise<void> {
    const plain = outputs.map((output) => ({ ...output }));
    await this.context.record({
      type: 'waits',
      run: run.id,
      taskId,
      outputs: plain,
      files: [...files],
      error,
    });
  }

  async #collected(run: PlannedRun, taskId: TaskId, collected: Collected): Promise<void> {
    const { context } = this;
    if (collected.is === 'saved') {
      if (collected.error !== null) context.account.failed();
      const { files, error } = collected;
      await context.record({ type: 'saved', run: run.id, taskId, files, error });
      return;
    }
    const { error, dead, disk, files } = collected;
    if (dead && this.#linksAreOver(run, taskId)) {
      context.account.failed();
      const message = `Its outputs were not fetched while their links lived, which is a day: ${error.message}`;
      await context.record({
        type: 'saved',
        run: run.id,
        taskId,
        files: files.map(({ file }) => file),
        error: localError('outputs-gone', message),
      });
      return;
    }
    context.unfetched.set(run.id, error);
    if (!context.reads.signal.aborted) await this.#waits(run, taskId, collected);
    if (disk)
      context.halt({
        is: 'machine',
        message: `Outputs cannot be written: ${error.message}`,
      });
  }

  #linksAreOver(run: PlannedRun, taskId: TaskId): boolean {
    const { context } = this;
    const record = context.edges.journal.state.runs.get(run.id);
    const ended = record === undefined ? null : endOfTask(record, taskId);
    return ended !== null && context.now - ended >= (context.options.linkLifeMs ?? linkLifeMs);
  }
}
