import { setMaxListeners } from 'node:events';
import { isOfMachine } from '../edges/machine.js';
import type { JournalEvent, RunError, RunInputs } from '../journal/event.js';
import type { Hold } from '../journal/files/lock.js';
import type { Plan, PlannedRun } from '../plan/plan.js';
import type { CreateRequest } from '../runninghub/service.js';
import type { RunId, TaskId } from '../values/ids.js';
import { Account } from './account.js';
import type { EngineEdges } from './edges.js';
import { historyOf } from '../forecast/history.js';
import type { Stop } from './limits.js';
import type { PollPolicy } from './watch/policy.js';
import { Slots } from './watch/slots.js';
import { Wake } from './wake.js';

export interface EngineOptions {
  /** The create call of one run (plan/request). */
  readonly request: (
    run: PlannedRun,
    fileNames: ReadonlyMap<string, string>,
    attempt: number,
  ) => CreateRequest;
  /** What the first intent of a run tells the journal about it. */
  readonly inputs: (run: PlannedRun) => RunInputs;
  readonly policy: PollPolicy;
  /** How long a run will take, in ms; null: nothing sets it apart from the others. */
  readonly expectedMs: (run: PlannedRun) => number | null;
  /** What `auto` starts from, by the service's own word; null: it did not tell. */
  readonly room: number | null;
  /** Ids of the nodes whose outputs are kept; null: all. */
  readonly nodes: ReadonlySet<string> | null;
  /** Tasks of other accounts that are in flight: left as they are. */
  readonly leave: ReadonlySet<string>;
  /** Aborted by the first signal. */
  readonly interrupted: AbortSignal;
  /** How long output links live after their task's end; a day where it is not given. */
  readonly linkLifeMs?: number;
  /** How long a silent service is waited for. */
  readonly patienceMs: number;
}

export interface EngineResult {
  readonly stop: Stop | null;
  /** Runs that never got as far as a submit: an asset could not be uploaded. */
  readonly blocked: ReadonlyMap<RunId, RunError>;
  /** Tasks that succeeded and whose outputs are still to be fetched. */
  readonly unfetched: ReadonlyMap<RunId, RunError>;
  /** Creates that were accepted. */
  readonly accepted: number;
  /** In flight when the apply ended; the next one follows them. */
  readonly inFlight: readonly TaskId[];
}

/** Never reached in practice: what `auto` may grow to. */
const anyNumber = 100_000;

/** What the parts of one apply share. One object per apply; nothing of it outlives it. */
export class Context {
  readonly slots: Slots;
  readonly account: Account;
  readonly wake: Wake;
  readonly blocked = new Map<RunId, RunError>();
  readonly unfetched = new Map<RunId, RunError>();
  /** Reads, downloads and uploads. */
  readonly reads = new AbortController();
  /** Creates live a little longer: each may already be a paid task. */
  readonly creates = new AbortController();
  readonly startedAt: number;
  readonly #pending = new Set<Promise<void>>();
  #stop: Stop | null = null;
  #blind = false;

  constructor(
    readonly plan: Plan,
    readonly edges: EngineEdges,
    readonly options: EngineOptions,
  ) {
    this.startedAt = edges.clock.now();
    // Each request under way listens: many are no leak, which Node would warn of on stderr.
    setMaxListeners(0, this.reads.signal, this.creates.signal);
    this.wake = new Wake(edges.clock);
    const history = historyOf(edges.journal.state);
    for (const ms of history.runMs) options.policy.learn(ms);
    this.account = new Account(history);
    const { concurrency } = plan.manifest.execution;
    this.slots = new Slots(
      concurrency === 'auto'
        ? { start: options.room ?? 1, auto: true, told: options.room !== null, max: anyNumber }
        : { start: concurrency, auto: false, told: false, max: concurrency },
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

  /** The account refuses reads too, so nothing can be followed any more. */
  get blind(): boolean {
    return this.#blind;
  }

  /** Nothing more is submitted. The first reason stands, but a worse one replaces it. */
  halt(stop: Stop): void {
    if (this.#stop === null || gravity[stop.is] > gravity[this.#stop.is]) this.#stop = stop;
    this.wake.notify();
  }

  haltBlind(message: string): void {
    this.#blind = true;
    this.halt({ is: 'service', message });
  }

  /** Durable once it resolves. Rejects when the disk refuses. */
  async record(event: JournalEvent): Promise<void> {
    await this.edges.journal.append(event);
  }

  /** Lets work go on beside the loop; its failure ends the apply. */
  track(work: Promise<void>): void {
    const tracked = work
      .catch((cause: unknown) => this.broken(cause))
      .finally(() => {
        this.#pending.delete(tracked);
        this.wake.notify();
      });
    this.#pending.add(tracked);
  }

  /** Resolves when all tracked work has ended. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** The journal refuses, or a defect: what is in flight must be told, nothing more submitted. */
  broken(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    this.halt({ is: isOfMachine(cause) ? 'journal' : 'defect', message });
  }

  /**
   * Whether this process still holds the state. If not, another one may be at work by now:
   * nothing more is submitted or followed here.
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

const gravity: Readonly<Record<Stop['is'], number>> = {
  limit: 0,
  service: 1,
  machine: 2,
  signal: 3,
  defect: 4,
  journal: 5,
  lock: 6,
};
