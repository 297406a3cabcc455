import type { Plan, PlannedRun } from '../plan/plan.js';
import { steadyClock } from '../edges/steady-clock.js';
import type { RunId } from '../values/ids.js';
import { impossible } from '../values/impossible.js';
import { adoptable, plannedOf } from './adopt.js';
import type { EngineOptions, EngineResult } from './context.js';
import { Context } from './context.js';
import type { EngineEdges } from './edges.js';
import type { Stop } from './limits.js';
import { maySubmit } from './limits.js';
import type { Watched } from './watch/follow.js';
import { disobeys } from './watch/follow.js';
import { LiveProgress } from './live.js';
import { Patience } from './patience.js';
import { RequestBudget } from './watch/request-budget.js';
import { Retries } from './submit/retries.js';
import { Settler } from './settle/settle.js';
import { Submitter, watched } from './submit/submit.js';
import type { ReadyRun } from './submit/supply.js';
import { Supply } from './submit/supply.js';
import { Watch } from './watch/watch.js';

export type { EngineOptions, EngineResult } from './context.js';

/** Read requests a second of the whole batch, unless the manifest says otherwise. */
const leastReads = 2;
const mostReads = 20;
const tasksPerRead = 5;
const createsPerSecond = 4;
const readsAtOnce = 16;
/** Creates under way at once: finding the account's limit then costs a few refusals at most. */
const createsAtOnce = 4;
/** Vanished outputs fetched at once, beside the batch. */
const fetchesAhead = 8;
/** After an interrupt: for creates whose answer is under way. All of it stays under 7 s. */
const goodbyeMs = 3_500;
const cancelMs = 2_500;
/** Budgets of wall time and the service's silence are looked at this often. */
const lookMs = 5_000;

/**
 * Carries a plan out. Does not throw for anything that the service, the network or the disk
 * does; whatever it learned is in the journal when it returns.
 */
export const runBatch = (
  plan: Plan,
  edges: EngineEdges,
  options: EngineOptions,
): Promise<EngineResult> => {
  const steady = { ...edges, clock: steadyClock(edges.clock) };
  return new Batch(new Context(plan, steady, options)).run();
};

/** For people: tasks that run on although a cancel was taken. */
const deafWords = (tasks: readonly Watched[]): string => {
  const named = tasks.slice(0, 5).map(({ taskId }) => taskId);
  const more = tasks.length > named.length ? ` and ${tasks.length - named.length} more` : '';
  return `asked to end and still reported as in flight: task ${named.join(', ')}${more}; the next apply follows on`;
};

/** Stops after which nothing is followed any more. */
const endsAtOnce: Readonly<Record<Stop['is'], boolean>> = {
  limit: false,
  service: false,
  machine: false,
  signal: true,
  journal: true,
  lock: true,
  defect: true,
};

class Batch {
  readonly #supply: Supply;
  readonly #watch: Watch;
  readonly #submitter: Submitter;
  readonly #settler: Settler;
  readonly #live: LiveProgress;
  readonly #takes: Patience;
  readonly #answers: Patience;
  readonly #creates = new RequestBudget(() => createsPerSecond);
  /** Followed from an earlier apply: what the plan says of them is seen to already. */
  readonly #adopted = new Set<RunId>();
  #lockSeenAt: number;

  constructor(private readonly context: Context) {
    this.#lockSeenAt = context.now;
    const { plan, edges, options } = context;
    const { execution } = plan.manifest;
    this.#takes = new Patience(options.patienceMs);
    this.#answers = new Patience(options.patienceMs);
    this.#settler = new Settler(context, () => this.#submitter);
    this.#live = new LiveProgress(plan.workflow, edges, (taskId) =>
      this.#watch.hint(taskId, 'socket'),
    );
    edges.ends?.listen((taskId, of = null) => {
      this.#watch.hint(taskId, 'event');
      if (of !== null) this.#submitter.told(of, taskId);
    });
    this.#watch = new Watch(
      edges,
      {
        queueTimeoutMs: execution.timeout.queueMs,
        runTimeoutMs: execution.timeout.runMs,
        requestsPerSecond: () =>
          execution.requestsPerSecond ??
          Math.min(mostReads, Math.max(leastReads, this.#followed / tasksPerRead)),
        parallel: readsAtOnce,
        policy: options.policy,
        queueTold: options.room !== null,
      },
      context.reads.signal,
      {
        decided: (task, decision) => this.#settler.decided(task, decision),
        ran: (ms) => options.policy.learn(ms),
        creates: () => this.#submitter,
        hungry: () => context.stop === null && !this.#supply.exhausted,
        unsure: () => context.slots.unsure,
        started: () => {
          context.slots.started(this.#watch.standing());
          context.wake.notify();
        },
        told: (limit) => context.slots.told(limit),
        live: this.#live,
        silent: ({ message }) => edges.show({ type: 'waiting', for: 'service', message }),
        confirmed: (at) => context.slots.confirmed(at, context.now),
        changed: (change) => {
          context.slots.changed(change);
          context.wake.notify();
        },
      },
    );
    this.#submitter = new Submitter(context, {
      supply: () => this.#supply,
      watch: this.#watch,
      retries: new Retries(execution.retries),
    });
    this.#supply = new Supply(this.#toSubmit(), plan.assets, edges, {
      lookAhead: () => Math.min(64, 4 + 2 * context.slots.limit),
      expectedMs: (run) => (execution.order === 'manifest' ? null : options.expectedMs(run)),
      signal: context.reads.signal,
      changed: () => context.wake.notify(),
      blocked: (run, error) => {
        context.blocked.set(run.id, error);
        edges.show({ type: 'blocked', run: run.id, error });
      },
      failed: (cause) => context.broken(cause),
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
      await this.#adopt();
      await this.#loop();
    } catch (cause) {
      context.broken(cause);
    }
    // What another process at work did to the journal is no fault of the disk.
    if (context.stop?.is === 'journal') await context.stillHeld();
    await this.#goodbye();
    this.#watch.close();
    this.#live.close();
    await watching;
    interrupted.removeEventListener('abort', interrupt);
    this.#tellStrangers();
    return {
      stop: context.stop,
      blocked: context.blocked,
      unfetched: context.unfetched,
      accepted: context.account.acceptedCount,
      inFlight: this.#watch.tasks().map(({ taskId }) => taskId),
    };
  }

  /**
   * An event about a task of nobody is a trace of a submit whose answer was lost. Anybody may
   * have sent it, so a person looks: the run stays unknown.
   */
  #tellStrangers(): void {
    if (this.#submitter.lost === 0) return;
    const { journal, show } = this.context.edges;
    const known = new Set<string | null>();
    for (const { attempts } of journal.state.runs.values())
      for (const { taskId } of attempts) known.add(taskId);
    const strangers = this.#watch.strangers().filter((taskId) => !known.has(taskId));
    if (strangers.length === 0) return;
    const named = strangers.slice(0, 5).join(', ');
    const message = `events told of a task that no run is known to have: ${named}; an unknown run may be it (rh-batch resolve RUN --task ID)`;
    show({ type: 'notice', message });
    const said = 'an event told of a task that no run is known to have';
    for (const { id, state } of journal.state.runs.values())
      if (state.is === 'unknown' && state.since >= this.context.startedAt)
        journal.appendLater({
          type: 'judged',
          run: id,
          attempt: state.attempt,
          said,
          candidates: strangers,
        });
  }

  /** The heart: fills free slots until nothing is left to submit or to follow. */
  async #loop(): Promise<void> {
    const { context } = this;
    while (!this.#over()) {
      const ready = context.stop === null ? this.#next() : undefined;
      if (ready !== undefined) {
        this.#creates.spend(context.now);
        context.track(this.#submitter.submit(ready));
        const { limit, held } = context.slots;
        context.edges.show({ type: 'slots', limit, inFlight: held });
      } else {
        if (this.#done()) return;
        await context.wake.wait(this.#nextChangeAt());
        this.#checkPatience();
        await this.#checkLock();
      }
    }
  }

  /** Slots, or more tasks than those where ends are still to be found. */
  get #followed(): number {
    return Math.max(this.context.slots.limit, this.#watch.size);
  }

  /** A run to submit now; undefined: no room, nothing ready, or the user's limits say no. */
  #next(): ReadyRun | undefined {
    const { context } = this;
    const { now, plan } = context;
    if (
      now < this.#submitter.quietUntil ||
      this.#submitter.underWay >= this.#submitter.atOnce(createsAtOnce)
    )
      return undefined;
    if (!context.slots.free(now) || this.#creates.freeAt(now) > now) return undefined;
    const verdict = maySubmit(
      { budget: plan.manifest.budget, execution: plan.manifest.execution },
      context.account.usage({
        elapsedMs: now - context.startedAt,
        inFlight: this.#watch.size + this.#submitter.underWay + this.#submitter.held,
        unanswered: this.#submitter.underWay + this.#submitter.held,
        selected: plan.summary.total,
      }),
    );
    if (verdict.is === 'wait') return undefined;
    const ready = this.#supply.take(now);
    if (verdict.is === 'yes' || ready === undefined) return ready;
    // A limit stops the batch only where it keeps a run from being submitted.
    this.#supply.putBack(ready);
    context.halt(verdict);
    return undefined;
  }

  /** The end comes at once, whatever is in flight. */
  #over(): boolean {
    const { stop, blind } = this.context;
    return blind || (stop !== null && endsAtOnce[stop.is]);
  }

  /** Nothing is in flight and nothing more will be submitted. */
  #done(): boolean {
    const { context } = this;
    const { slots } = context;
    const { underWay, judging } = this.#submitter;
    const deaf = this.#watch.tasks().filter((task) => disobeys(task, context.now));
    const followed = this.#watch.size - deaf.length;
    if (followed + underWay + judging + this.#settler.fetching > 0) return false;
    if (context.stop !== null) return true;
    if (deaf.length === 0) return this.#supply.exhausted;
    if (!this.#supply.exhausted && slots.held < slots.limit) return false;
    context.halt({ is: 'service', message: deafWords(deaf) });
    return true;
  }

  #nextChangeAt(): number {
    const { now, slots } = this.context;
    const times = [
      slots.nextChangeAt(now),
      this.#supply.nextAt,
      this.#submitter.quietUntil,
      this.#creates.freeAt(now),
    ];
    return times.reduce<number>(
      (soonest, at) => (at === null || at <= now ? soonest : Math.min(soonest, at)),
      now + lookMs,
    );
  }

  /** A service that was silent for too long ends the apply; what is in flight waits for the next. */
  #checkPatience(): void {
    const { context } = this;
    const { now } = context;
    const { troubledSince, troubles } = this.#submitter;
    if (troubledSince === null) this.#takes.rest(now);
    else if (this.#takes.over(now, troubledSince, troubles))
      context.halt({ is: 'service', message: 'The service takes no tasks' });
    const { size, lastReadAt, unread } = this.#watch;
    if (size === 0) this.#answers.rest(now);
    else if (this.#answers.over(now, lastReadAt, unread))
      context.haltBlind('The service does not answer');
  }

  /** Also an apply that submits nothing any more must notice that another process took over. */
  async #checkLock(): Promise<void> {
    const { context } = this;
    if (context.now - this.#lockSeenAt < lookMs) return;
    this.#lockSeenAt = context.now;
    await context.stillHeld();
  }

  /** Lets what is under way come to rest, within bounded time, and ends what can wait. */
  async #goodbye(): Promise<void> {
    const { context } = this;
    const hurried = this.#over();
    if (!hurried) await context.settled();
    const timeUp = new AbortController();
    context.reads.abort();
    void context.edges.clock.sleep(goodbyeMs, timeUp.signal).then(() => context.creates.abort());
    await this.#supply.close();
    await context.settled();
    timeUp.abort();
    // Last, since a create that was under way may have been accepted meanwhile.
    if (context.stop?.is === 'signal' && context.plan.manifest.execution.onInterrupt === 'cancel')
      await this.#cancelAll();
  }

  /** `onInterrupt: cancel`. The next apply sees what came of it. */
  async #cancelAll(): Promise<void> {
    const { service, clock } = this.context.edges;
    const timeUp = new AbortController();
    const asked = this.#watch.tasks().map(({ taskId }) => service.cancel(taskId, timeUp.signal));
    await Promise.race([Promise.all(asked), clock.sleep(cancelMs, timeUp.signal)]);
    timeUp.abort();
  }

  /** Tasks that an earlier apply left in flight or unfetched: followed, never submitted again. */
  async #adopt(): Promise<void> {
    const { context } = this;
    const records = adoptable(context.edges.journal.state);
    if (records.length === 0) return;
    for (const { record, run } of await plannedOf(context.plan, records)) {
      const { state } = record;
      this.#adopted.add(record.id);
      if (state.is === 'inFlight') {
        if (context.options.leave.has(state.taskId)) continue;
        context.slots.take(context.now);
        const { attempt, taskId, since, runningSince } = state;
        this.#watch.add(watched(run, attempt, taskId, since, runningSince));
        context.edges.show({ type: 'adopted', run: run.id, taskId });
      } else if (state.is === 'fetching' && run.action === 'download') {
        const { outputs, files, error } = state;
        const earlier = { stale: error !== undefined, ...(files === undefined ? {} : { files }) };
        context.track(this.#settler.fetch(run, state.taskId, outputs, earlier));
      }
    }
  }

  /** What of the plan is to be submitted; vanished outputs are fetched on the way. */
  async *#toSubmit(): AsyncGenerator<PlannedRun> {
    const { plan } = this.context;
    for await (const run of plan.runs()) {
      if (!run.acts) continue;
      switch (run.action) {
        case 'retry':
          if (!(await this.#settler.fetchMore(run))) yield run;
          break;
        case 'new':
        case 'changed':
          yield run;
          break;
        case 'unknown':
          if (await this.#payAgain(run)) yield run;
          break;
        case 'download':
          await this.#refetch(run);
          break;
        case 'upToDate':
          break;
        default:
          impossible(run.action);
      }
    }
  }

  /** `onUnknown: resubmit`, for a run that an earlier apply left unknown. */
  async #payAgain(run: PlannedRun): Promise<boolean> {
    const { plan, edges } = this.context;
    const state = edges.journal.state.runs.get(run.id)?.state;
    if (plan.manifest.execution.onUnknown !== 'resubmit' || state?.is !== 'unknown') return false;
    if (!this.#submitter.mayResubmit(run.id)) return false;
    const { attempt } = state;
    await this.context.record({ type: 'resolved', run: run.id, attempt, how: { is: 'resubmit' } });
    return true;
  }

  async #refetch(run: PlannedRun): Promise<void> {
    const { context } = this;
    // In flight or unfetched when this apply began: adopted, and perhaps done or refused by now.
    if (this.#adopted.has(run.id)) return;
    const state = context.edges.journal.state.runs.get(run.id)?.state;
    if (state?.is === 'failed' && state.taskId !== null && state.files !== undefined) {
      const { taskId, files } = state;
      return context.record({ type: 'saved', run: run.id, taskId, files, error: null });
    }
    if (state?.is !== 'succeeded') return;
    context.track(this.#settler.fetchAgain(run, state));
    await this.#settler.room(fetchesAhead);
  }
}
