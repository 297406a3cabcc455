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
import { afterForgotten, afterTaskFailure } from './after-failure.js';
import { errorOf, localError } from '../errors.js';
import type { Decision } from '../watch/follow.js';
import { cancelSent } from '../watch/follow.js';
import type { FollowedTask } from '../watch/task.js';

const downloadsAtOnce = 4;
const readTries = 5;
const readPause = { firstMs: 1_000, maxMs: 30_000 };

/** Carries out what an answer about a task means. Outputs are fetched while the batch continues. */
export class Settler {
  readonly #downloads = pLimit(downloadsAtOnce);
  #collecting = 0;

  constructor(private readonly context: Context) {}

  /** Tasks whose outputs are being fetched or wait for it. */
  get fetching(): number {
    return this.#collecting;
  }

  /** Where so many downloads are pending, resolves when those that wait now have begun. */
  async whenRoom(atMost: number): Promise<void> {
    const { activeCount, pendingCount } = this.#downloads;
    if (activeCount + pendingCount >= atMost) await this.#downloads(() => Promise.resolve());
  }

  /** @returns whether the task is followed on. */
  async carryOut(task: FollowedTask, decision: Decision): Promise<'keep' | 'done'> {
    const { run, taskId } = task;
    switch (decision.is) {
      case 'again':
        if (decision.nowRunning)
          this.context.edges.journal.appendLater({ type: 'observed', run: run.id, taskId });
        return 'keep';
      case 'cancel':
        return this.#cancel(task);
      case 'stop':
        this.context.haltFollowing(decision.fault.message);
        return 'keep';
      case 'succeeded': {
        const outputs = decision.outputs.map((output) => ({ ...output }));
        await this.#settled(task, { is: 'succeeded', outputs }, decision.cost);
        this.context.track(this.fetch(run, taskId, outputs));
        return 'done';
      }
      case 'failed': {
        const { error, forgotten } = decision;
        const then =
          forgotten === true
            ? afterForgotten(this.context, task, error)
            : afterTaskFailure(this.context, task, error);
        await this.#settled(task, { is: 'failed', error, then }, decision.cost);
        return 'done';
      }
      case 'cancelled':
        this.context.totals.failed();
        await this.#settled(task, { is: 'cancelled', by: decision.by }, decision.cost);
        return 'done';
      default:
        return impossible(decision);
    }
  }

  async #settled(
    task: FollowedTask,
    outcome: Settled['outcome'],
    cost: Settled['cost'],
  ): Promise<void> {
    const { context } = this;
    context.totals.settled(task.runningAt, context.now, cost, outcome.is);
    await context.record({
      type: 'settled',
      run: task.run.id,
      taskId: task.taskId,
      outcome,
      cost,
    });
  }

  /** The task is over its time. It is followed on, because it may have finished meanwhile. */
  async #cancel(task: FollowedTask): Promise<'keep'> {
    const { service } = this.context.edges;
    const answer = await service.cancel(task.taskId, this.context.stopReads.signal);
    // If the task had ended or is not known, the next read finds out.
    const perhaps = answer.is === 'refused' && answer.fault.class === 'transient';
    if (answer.is === 'taken' || perhaps)
      cancelSent(task, 'timeout', answer.is === 'taken', this.context.now);
    return 'keep';
  }

  /**
   * Fetches the outputs of a task that succeeded. `files`: outputs that an earlier try saved;
   * they are kept. `stale`: the links are old, so new ones are asked for first.
   */
  async fetch(
    run: PlannedRun,
    taskId: TaskId,
    outputs: readonly RemoteOutput[],
    { stale = false, files = [] }: { stale?: boolean; files?: readonly FetchedFile[] } = {},
  ): Promise<void> {
    const { plan, edges, options, stopReads } = this.context;
    this.#collecting += 1;
    try {
      const saved = await this.#stillSaved(outputs, files);
      const collected = await collect(plan, run, taskId, outputs, edges, {
        expect: plan.manifest.run.expect,
        nodes: options.nodes,
        signal: stopReads.signal,
        saved,
        stale,
        limited: (work) => this.#downloads(work),
        onDelay: (left) => this.#waits(run, taskId, left),
      });
      await this.#collected(run, taskId, collected);
    } finally {
      this.#collecting -= 1;
    }
  }

  /** Fetches outputs that vanished from the disk, with new links. */
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
   * A task that succeeded with fewer files than `run.expect` wants may have more by now, or the
   * manifest may keep other nodes. Then these files are fetched and no new task is paid for.
   */
  async fetchMore(run: PlannedRun): Promise<boolean> {
    const { edges, options, stopReads } = this.context;
    const state = edges.journal.state.runs.get(run.id)?.state;
    if (state?.is !== 'failed' || state.taskId === null) return false;
    if (state.error.code !== 'expect-outputs') return false;
    const { taskId, files = [] } = state;
    const ask = (): Promise<TaskAnswer> =>
      this.#downloads(() => edges.service.outputs(taskId, stopReads.signal));
    let answer = await ask();
    for (let tries = 1; answer.is === 'unread' && tries < readTries; tries += 1) {
      await edges.clock.sleep(backoffMs(readPause, tries, edges.random), stopReads.signal);
      answer = await ask();
    }
    if (answer.is === 'unread') {
      // It may have the files, so no new task is paid for.
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

  /** An index counts in the recorded list. If other nodes are kept now, indexes do not match. */
  async #stillSaved(
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
      if (collected.error !== null) context.totals.failed();
      const { files, error } = collected;
      await context.record({ type: 'saved', run: run.id, taskId, files, error });
      return;
    }
    const { error, dead, disk, files } = collected;
    if (dead && this.#linksAreOver(run, taskId)) {
      context.totals.failed();
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
    if (!context.stopReads.signal.aborted) await this.#waits(run, taskId, collected);
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
