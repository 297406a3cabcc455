import { Heap, Queue } from './heap.js';
import type { AccountOptions, EmulatorOptions } from '../options.js';
import type { Task } from './task.js';
import { secondsOf } from './task.js';

/**
 * One account: its balance and its slots. Time passes when somebody looks: `advance` ends and
 * starts tasks in the order in which that happened, each in O(log slots).
 */
export class Account {
  slots: number;
  queue: number;
  coins: number;
  /** In thousandths; null: without end. */
  money: number | null;
  revoked = false;
  maxInFlight = 0;
  /** Of ended tasks. */
  spentCoins = 0;
  /** Sum of run times of ended tasks, in ms. */
  busyMs = 0;
  readonly ended = { SUCCESS: 0, FAILED: 0, CANCEL: 0 };
  #foreign = 0;
  #running = 0;
  #waiting = 0;
  readonly #ends = new Heap<Task>();
  readonly #queue = new Queue<Task>();
  /** Tasks that hold a slot. */
  readonly #holds = new Set<Task>();

  constructor(
    /** Hash of the key: the key itself is kept nowhere. */
    readonly id: string,
    readonly options: AccountOptions,
    private readonly limits: Pick<
      EmulatorOptions,
      'slots' | 'queue' | 'startDelayMs' | 'failedTasksCost'
    >,
    private readonly edges: { now(): number; ended(task: Task): void },
  ) {
    this.slots = options.slots ?? limits.slots;
    this.queue = options.queue ?? limits.queue;
    this.coins = options.coins;
    this.money = options.money === null ? null : Math.round(options.money * 1000);
  }

  /** Tasks that others run with this key. */
  get foreign(): number {
    return this.#foreign;
  }

  set foreign(count: number) {
    const now = this.edges.now();
    this.advance(now);
    this.#foreign = Math.max(0, count);
    this.#fill(now);
  }

  get running(): number {
    return this.#running + this.#foreign;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get inFlight(): number {
    return this.running + this.waiting;
  }

  get paysCoins(): boolean {
    return this.options.apiType === 'NORMAL';
  }

  /** Machines of a dedicated account are bought beforehand: a run has no price (section 1.2). */
  get paysMoney(): boolean {
    return this.options.apiType === 'SHARED';
  }

  /**
   * About 0.2 coins a second on 24 GB and 0.4 on 48 GB, rounded up, or a hundredth of that in
   * money. Failed tasks are free, as two authors saw it in both ledgers; cancelled ones pay for what
   * they ran (API notes, sections 12, 5.5 and 19.2).
   */
  costOf(task: Task, now: number): { readonly coins: number; readonly thousandths: number } {
    const free = task.outcome === 'FAILED' && !this.limits.failedTasksCost;
    const amount = free ? 0 : Math.ceil(secondsOf(task, now) * task.coinsPerSecond);
    return {
      coins: this.paysCoins ? amount : 0,
      thousandths: this.paysMoney ? amount * 10 : 0,
    };
  }

  /** Standard models are for enterprise-shared keys (API notes, section 1.2). */
  get runsModels(): boolean {
    return this.options.apiType === 'SHARED' || this.options.anyKind === true;
  }

  get isBroke(): boolean {
    return this.paysCoins ? this.coins <= 0 : this.money !== null && this.money <= 0;
  }

  advance(now: number): void {
    for (;;) {
      const next = this.#ends.peek();
      if (next === undefined || next.rank > now) return;
      const task = this.#ends.pop();
      // Cancelled and finished tasks are still in the heap.
      if (task?.outcome === null)
        this.#end(task, next.rank, task.failure === null ? 'SUCCESS' : 'FAILED');
    }
  }

  add(task: Task, now: number): void {
    this.advance(now);
    this.#queue.push(task);
    this.#waiting += 1;
    this.#fill(now);
    this.maxInFlight = Math.max(this.maxInFlight, this.#running + this.#waiting);
  }

  /** Ends a task before its time. */
  end(task: Task, now: number, outcome: 'SUCCESS' | 'FAILED' | 'CANCEL'): boolean {
    this.advance(now);
    if (task.outcome !== null) return false;
    if (task.startsAt === null && outcome !== 'CANCEL') task.startsAt = now;
    else if (task.startsAt !== null && task.startsAt > now) task.startsAt = now;
    this.#end(task, now, outcome);
    return true;
  }

  setSlots(slots: number, queue: number): void {
    const now = this.edges.now();
    this.advance(now);
    this.slots = slots;
    this.queue = queue;
    this.#fill(now);
  }

  /** Puts back a task of an earlier process. */
  restore(task: Task): void {
    if (task.outcome === null) {
      this.#queue.push(task);
      this.#waiting += 1;
      this.#fill(task.createdAt);
    } else this.#bill(task, task.endedAt ?? task.createdAt);
  }

  #end(task: Task, at: number, outcome: 'SUCCESS' | 'FAILED' | 'CANCEL'): void {
    const held = this.#holds.delete(task);
    if (held) this.#running -= 1;
    else this.#waiting -= 1;
    task.endedAt = at;
    task.outcome = outcome;
    this.#bill(task, at);
    // First the slot, then the news: who hears it may look at the account again.
    this.#fill(at);
    this.edges.ended(task);
  }

  #bill(task: Task, at: number): void {
    if (task.outcome !== null) this.ended[task.outcome] += 1;
    this.busyMs += task.startsAt === null ? 0 : at - task.startsAt;
    const { coins, thousandths } = this.costOf(task, at);
    this.spentCoins += coins;
    this.coins -= coins;
    if (this.money !== null) this.money -= thousandths;
  }

  #fill(now: number): void {
    while (this.running < this.slots && this.#waiting > 0) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      if (task.outcome !== null) continue;
      this.#waiting -= 1;
      this.#running += 1;
      this.#holds.add(task);
      task.startsAt = now + this.limits.startDelayMs;
      this.#ends.push(task.startsAt + task.runMs, task);
    }
  }
}
