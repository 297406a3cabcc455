import { setMaxListeners } from 'node:events';
import { isOfMachine } from '../edges/machine.js';
import { historyOf } from '../forecast/history.js';
import type { JournalEvent, RunError } from '../journal/event.js';
import type { Hold } from '../journal/files/lock.js';
import type { Plan } from '../plan/plan.js';
import type { RunId } from '../values/ids.js';
import { ChangeSignal } from './change-signal.js';
import type { EngineEdges } from './edges.js';
import type { Stop } from './limits.js';
import type { EngineOptions } from './options.js';
import { Creates } from './submit/creates.js';
import { Queue } from './submit/queue.js';
import { Retries } from './settle/retries.js';
import { Totals } from './totals.js';
import type { Change } from './watch/account-count.js';
import type { Reporter } from './watch/end-reports.js';
import { InFlight } from './watch/in-flight.js';
import { RequestBudget } from './watch/request-budget.js';
import { Slots } from './watch/slots.js';

/** Read requests a second of the whole batch, unless the manifest sets another number. */
const minReads = 2;
const maxReads = 20;
const tasksPerRead = 5;
/** The highest limit that `auto` may reach. No account has so many slots. */
const unlimited = 100_000;

/**
 * The state of one apply. It is passed down to supply, submit, watch and settle, which read and
 * change it and do not call each other back. One object per apply; nothing outlives it.
 */
export class Context {
  /** Runs that are still to be submitted. */
  readonly queue = new Queue();
  /** Creates: how many were sent, are awaited or were lost, and when the next one may go out. */
  readonly creates: Creates;
  /** Tasks that were accepted and have not been found to have ended. */
  readonly inFlight: InFlight;
  readonly slots: Slots;
  readonly totals: Totals;
  readonly retries: Retries;
  /** Bounds the read requests of the whole batch. */
  readonly readBudget = new RequestBudget(() => this.#readsPerSecond);
  /** Notified when the main loop may have something to do. */
  readonly changed: ChangeSignal;
  readonly blocked = new Map<RunId, RunError>();
  readonly unfetched = new Map<RunId, RunError>();
  /** Runs whose task an earlier apply submitted. This apply follows it or fetches its outputs. */
  readonly adopted = new Set<RunId>();
  /** Ends reads, downloads and uploads. */
  readonly stopReads = new AbortController();
  /** Ends creates. Aborted later than reads, because each create may already be a paid task. */
  readonly stopCreates = new AbortController();
  readonly startedAt: number;
  readonly #pending = new Set<Promise<void>>();
  #stop: Stop | null = null;
  #followingStopped = false;

  constructor(
    readonly plan: Plan,
    readonly edges: EngineEdges,
    readonly options: EngineOptions,
  ) {
    this.startedAt = edges.clock.now();
    // Each pending request adds a listener. Without this Node would warn of a leak on stderr.
    setMaxListeners(0, this.stopReads.signal, this.stopCreates.signal);
    this.changed = new ChangeSignal(edges.clock);
    const history = historyOf(edges.journal.state);
    for (const ms of history.runMs) options.policy.learn(ms);
    this.totals = new Totals(history);
    this.retries = new Retries(plan.manifest.execution.retries);
    this.creates = new Creates(edges.random);
    this.inFlight = new InFlight(edges.clock);
    const concurrency = options.inFlight ?? plan.manifest.execution.concurrency;
    this.slots = new Slots(
      concurrency === 'auto'
        ? {
            start: options.room ?? 1,
            auto: true,
            reported: options.room !== null,
            max: unlimited,
          }
        : { start: concurrency, auto: false, reported: false, max: concurrency },
      edges.random,
      this.startedAt,
    );
  }

  get now(): number {
    return this.edges.clock.now();
  }

  get stop(): Stop | null {
    return this.#stop;
  }

  /** The end comes at once, whatever is in flight. */
  get over(): boolean {
    return this.#followingStopped || (this.#stop !== null && endsAtOnce[this.#stop.is]);
  }

  /** Runs wait for a slot. */
  get runsWaiting(): boolean {
    return this.#stop === null && !this.queue.exhausted;
  }

  /** The count of tasks in flight follows the slots, or the tasks where there are more of them. */
  get #readsPerSecond(): number {
    const followed = Math.max(this.slots.limit, this.inFlight.size);
    return (
      this.plan.manifest.execution.requestsPerSecond ??
      Math.min(maxReads, Math.max(minReads, followed / tasksPerRead))
    );
  }

  /** Nothing more is submitted. The first reason stands unless a more severe one follows. */
  halt(stop: Stop): void {
    if (this.#stop === null || severity[stop.is] > severity[this.#stop.is]) this.#stop = stop;
    this.changed.notify();
  }

  /** Reads fail too, so tasks cannot be followed any more. */
  haltFollowing(message: string): void {
    this.#followingStopped = true;
    this.halt({ is: 'service', message });
  }

  /** The journal cannot be written, or a defect: nothing more is submitted. */
  broken(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    this.halt({ is: isOfMachine(cause) ? 'journal' : 'defect', message });
  }

  /** The account's count shows that slots became free or taken. */
  slotsChanged(change: Change): void {
    this.slots.changed(change);
    this.changed.notify();
  }

  /** A webhook or a socket reported that this task has ended. The service is asked before it counts. */
  endReported(taskId: string, by: Reporter): void {
    if (this.inFlight.endReported(taskId, by)) return;
    const { underWay, lost } = this.creates;
    // Only while an answer is missing can a task that is not known be one of ours.
    if (by === 'event' && underWay + lost > 0) this.inFlight.unmatched.add(taskId);
  }

  /** Durable once it resolves. Rejects when the disk refuses. */
  async record(event: JournalEvent): Promise<void> {
    await this.edges.journal.append(event);
  }

  /** Lets work continue beside the main loop. Its failure ends the apply. */
  track(work: Promise<void>): void {
    const tracked = work
      .catch((cause: unknown) => this.broken(cause))
      .finally(() => {
        this.#pending.delete(tracked);
        this.changed.notify();
      });
    this.#pending.add(tracked);
  }

  /** Resolves when all tracked work has ended. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /**
   * Whether this process still holds the lock of the state. If not, another process may be
   * submitting: nothing more is submitted or followed here.
   */
  async stillHeld(): Promise<boolean> {
    const hold = await this.edges.journal.stillHeld();
    if (hold.is === 'held') return true;
    this.halt(lostLock(hold));
    return false;
  }
}

const lostLock = (hold: Exclude<Hold, { is: 'held' }>): Stop => {
  if (hold.is === 'gone')
    return { is: 'journal', message: `the lock of the state is lost: ${hold.why}` };
  const by = hold.by === null ? 'another' : `process ${hold.by.pid} on ${hold.by.host}`;
  return { is: 'lock', message: `the state was taken over by ${by}` };
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

const severity: Readonly<Record<Stop['is'], number>> = {
  limit: 0,
  service: 1,
  machine: 2,
  signal: 3,
  defect: 4,
  journal: 5,
  lock: 6,
};
