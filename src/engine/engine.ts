import type { Plan } from '../plan/plan.js';
import { steadyClock } from '../edges/steady-clock.js';
import { adopt } from './adopt.js';
import { Context } from './context.js';
import type { EngineEdges } from './edges.js';
import { maySubmit } from './limits.js';
import { LiveProgress } from './live.js';
import type { EngineOptions, EngineResult } from './options.js';
import { OutageTimeout } from './outage-timeout.js';
import { Settler } from './settle/settle.js';
import { shutDown } from './shutdown.js';
import type { ReadyRun } from './submit/queue.js';
import { runsToSubmit } from './submit/runs-to-submit.js';
import { Submitter } from './submit/submit.js';
import { Supply } from './submit/supply.js';
import { showUnmatchedEvents } from './unmatched-events.js';
import { ignoresCancel } from './watch/follow.js';
import type { FollowedTask } from './watch/task.js';
import { Watch } from './watch/watch.js';

export type { EngineOptions, EngineResult } from './options.js';

/** Limits on time, an outage of the service and the lock are checked this often. */
const checkEveryMs = 5_000;

/**
 * Carries out a plan: supply → submit → watch → settle, over the state in `Context`. Does not
 * throw for anything that the service, the network or the disk does. Everything it learned is in
 * the journal when it returns.
 */
export const runBatch = (
  plan: Plan,
  edges: EngineEdges,
  options: EngineOptions,
): Promise<EngineResult> => {
  const steady = { ...edges, clock: steadyClock(edges.clock) };
  return new Batch(new Context(plan, steady, options)).run();
};

/** Each part is given the state and the parts that come after it. */
class Batch {
  readonly #supply: Supply;
  readonly #submitter: Submitter;
  readonly #watch: Watch;
  readonly #settler: Settler;
  readonly #live: LiveProgress;
  readonly #createsOutage: OutageTimeout;
  readonly #readsOutage: OutageTimeout;
  #lockCheckedAt: number;

  constructor(private readonly context: Context) {
    const { edges, options } = context;
    this.#settler = new Settler(context);
    this.#live = new LiveProgress(context);
    this.#watch = new Watch(context, this.#settler, this.#live);
    this.#submitter = new Submitter(context, this.#live);
    this.#supply = new Supply(context, runsToSubmit(context, this.#settler));
    this.#createsOutage = new OutageTimeout(options.outageTimeoutMs);
    this.#readsOutage = new OutageTimeout(options.outageTimeoutMs);
    this.#lockCheckedAt = context.now;
    edges.ends?.listen((taskId, of = null) => {
      context.endReported(taskId, 'event');
      if (of !== null) this.#submitter.eventArrived(of, taskId);
    });
  }

  async run(): Promise<EngineResult> {
    const { context } = this;
    const interrupt = (): void => context.halt({ is: 'signal', message: 'interrupted' });
    const { interrupted } = context.options;
    interrupted.addEventListener('abort', interrupt, { once: true });
    if (interrupted.aborted) interrupt();
    const watching = this.#watch.run().catch((cause: unknown) => context.broken(cause));
    try {
      await adopt(context, this.#settler);
      await this.#loop();
    } catch (cause) {
      context.broken(cause);
    }
    // The journal also fails when another process took over the state, which is not the disk's fault.
    if (context.stop?.is === 'journal') await context.stillHeld();
    await shutDown(context, this.#supply);
    this.#watch.close();
    this.#live.close();
    await watching;
    interrupted.removeEventListener('abort', interrupt);
    showUnmatchedEvents(context);
    return {
      stop: context.stop,
      blocked: context.blocked,
      unfetched: context.unfetched,
      accepted: context.totals.acceptedCount,
      inFlight: context.inFlight.taskIds(),
    };
  }

  /** Fills free slots until nothing is left to submit or to follow. */
  async #loop(): Promise<void> {
    const { context } = this;
    while (!context.over) {
      const ready = context.stop === null ? this.#next() : undefined;
      if (ready !== undefined) {
        context.track(this.#submitter.submit(ready));
        const { limit, held } = context.slots;
        context.edges.show({ type: 'slots', limit, inFlight: held });
      } else {
        if (this.#done()) return;
        await context.changed.wait(this.#nextChangeAt());
        this.#checkOutage();
        await this.#checkLock();
      }
    }
  }

  /** A run to submit now; undefined: no room, nothing ready, or the user's limits forbid it. */
  #next(): ReadyRun | undefined {
    const { context } = this;
    const { now, plan, creates, slots, inFlight, queue } = context;
    if (!creates.mayBegin || creates.nextAt(now) > now || !slots.free(now)) return undefined;
    const verdict = maySubmit(
      { budget: plan.manifest.budget, execution: plan.manifest.execution },
      context.totals.usage({
        elapsedMs: now - context.startedAt,
        inFlight: inFlight.size + creates.unanswered,
        unanswered: creates.unanswered,
        selected: plan.summary.total,
      }),
    );
    if (verdict.is === 'wait') return undefined;
    const ready = this.#supply.take(now);
    if (verdict.is === 'yes' || ready === undefined) return ready;
    // A limit stops the batch only where it prevents a submit.
    queue.putBack(ready);
    context.halt(verdict);
    return undefined;
  }

  /** Nothing is in flight and nothing more will be submitted. */
  #done(): boolean {
    const { context } = this;
    const { slots, inFlight, creates, queue, now } = context;
    const ignoring = inFlight.tasks().filter((task) => ignoresCancel(task, now));
    const followed = inFlight.size - ignoring.length;
    const { judging } = this.#submitter;
    if (followed + creates.underWay + judging + this.#settler.fetching > 0) return false;
    if (context.stop !== null) return true;
    if (ignoring.length === 0) return queue.exhausted;
    if (!queue.exhausted && slots.held < slots.limit) return false;
    context.halt({ is: 'service', message: cancelIgnored(ignoring) });
    return true;
  }

  #nextChangeAt(): number {
    const { now, slots, queue, creates } = this.context;
    const times = [slots.nextChangeAt(now), queue.nextAt, creates.nextAt(now)];
    return times.reduce<number>(
      (soonest, at) => (at === null || at <= now ? soonest : Math.min(soonest, at)),
      now + checkEveryMs,
    );
  }

  /** A long outage of the service ends the apply. The next one follows what is in flight. */
  #checkOutage(): void {
    const { context } = this;
    const { now, creates, inFlight } = context;
    const { troubledSince, troubles } = creates;
    if (troubledSince === null) this.#createsOutage.reset(now);
    else if (this.#createsOutage.expired(now, troubledSince, troubles))
      context.halt({ is: 'service', message: 'The service takes no tasks' });
    if (inFlight.size === 0) this.#readsOutage.reset(now);
    else if (this.#readsOutage.expired(now, inFlight.lastAnswerAt, inFlight.unanswered))
      context.haltFollowing('The service does not answer');
  }

  /** An apply that only follows tasks must also notice that another process took over. */
  async #checkLock(): Promise<void> {
    const { context } = this;
    if (context.now - this.#lockCheckedAt < checkEveryMs) return;
    this.#lockCheckedAt = context.now;
    await context.stillHeld();
  }
}

/** For people: tasks that are in flight although their cancel was accepted. */
const cancelIgnored = (tasks: readonly FollowedTask[]): string => {
  const named = tasks.slice(0, 5).map(({ taskId }) => taskId);
  const more = tasks.length > named.length ? ` and ${tasks.length - named.length} more` : '';
  return `asked to end and still reported as in flight: task ${named.join(', ')}${more}; the next apply follows on`;
};
