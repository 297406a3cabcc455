import type { Cost } from '../../journal/event.js';
import type { Clock } from '../../edges/clock.js';
import type { Random } from '../../edges/random.js';
import type { Fault, Service, TaskAnswer } from '../../runninghub/service.js';
import type { TaskId } from '../../values/ids.js';
import { backoffMs } from '../../edges/backoff.js';
import type { Change } from './census.js';
import { Census } from './census.js';
import type { Decision, FollowOptions, Watched } from './follow.js';
import { decide } from './follow.js';
import type { Teller } from './hints.js';
import { Arrivals, Heard, Strangers } from './hints.js';
import type { NextRead, PollPolicy, TaskFacts, View } from './policy.js';
import { RequestBudget } from './request-budget.js';
import { saysTooFast } from '../errors.js';
import { runTimeOf, ToldTimes } from './told-times.js';
import { Wake } from '../wake.js';

interface Entry {
  readonly task: Watched;
  /** Last time it was known to be in flight. */
  seenAt: number;
  /** A request about it is under way, or what it said is being carried out. */
  asking: boolean;
  /** Found to have ended; here until that is recorded. */
  ended: boolean;
  /** When it is asked next, whatever the policy says; null: the policy says when. */
  fixedAt: number | null;
  readonly heard: Heard;
}

export interface WatchOptions extends FollowOptions {
  /** Whole-batch budget of read requests a second, as of now. */
  readonly requestsPerSecond: () => number;
  /** Requests under way at once. */
  readonly parallel: number;
  readonly policy: PollPolicy;
  /** The queue status call answered, which counts tasks and tells the account's limit. */
  readonly queueTold: boolean;
}

/** What the watch needs to know of the rest of the engine, and what it tells it. */
export interface WatchParts {
  readonly decided: (task: Watched, decision: Decision) => Promise<'keep' | 'done'>;
  /** A task succeeded after about so many ms of running. */
  readonly ran: (ms: number) => void;
  /** Creates so far, those whose answer is awaited, and lost ones whose task may exist. */
  readonly creates: () => {
    readonly begun: number;
    readonly underWay: number;
    readonly held: number;
    /** Creates whose answer was lost, whatever became of them. */
    readonly lost: number;
  };
  readonly hungry: () => boolean;
  /** The account may have more room than was known, which a count would show. */
  readonly unsure: () => boolean;
  /** Slots are free, or taken again, without any task of ours being known to have ended. */
  readonly changed: (change: Change) => void;
  /** All tasks that hold a slot were in flight at this time. */
  readonly confirmed: (at: number) => void;
  /** The account has room for so many tasks of ours, by the service's own word. */
  readonly told: (limit: number) => void;
  /** A queued task was seen to run. */
  readonly started: () => void;
  /** Reads give nothing any more. */
  readonly silent: (fault: Fault) => void;
  /** Shows what running tasks do, where the service gives a socket for it. */
  readonly live: {
    readonly follow: (task: Watched, netWssUrl: string) => void;
    readonly forget: (taskId: TaskId) => void;
  };
}

/** An event that comes so long after the count showed an end is no use for the slots. */
const eventLateMs = 500;
/** So many reads in a row without an answer are told: one alone means little. */
const silentReads = 2;
/** So often in a row the queue status call must fail before only the account is asked. */
const refusalsBelieved = 3;
const unreadBackoff = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Sees ends: by the account's count and by asking for single tasks, one loop for all. The policy
 * says what is asked next and when, the request budget bounds it. What an answer about a task
 * means is `decide`'s, what the count means is the census's; what follows is the engine's.
 */
export class Watch {
  readonly #entries = new Map<string, Entry>();
  readonly #census = new Census();
  readonly #told = new ToldTimes();
  readonly #arrivals = new Arrivals();
  readonly #strangers = new Strangers();
  readonly #budget: RequestBudget;
  readonly #wake: Wake;
  #underWay = 0;
  #counting = false;
  /** Ends that were found so far. */
  #found = 0;
  #ending = 0;
  #closed = false;
  /** In a row; one alone may be chance. */
  #queueRefusals: number;
  /** The account's limit, as last told. */
  #capacity: number | null = null;
  /** What `decided` rejected with: the loop ends with it. */
  readonly #broken: unknown[] = [];
  #lastReadAt: number;
  #unread = 0;

  constructor(
    private readonly edges: {
      readonly service: Pick<Service, 'outputs' | 'account' | 'queue'>;
      readonly clock: Clock;
      readonly random: Random;
    },
    private readonly options: WatchOptions,
    private readonly signal: AbortSignal,
    private readonly parts: WatchParts,
  ) {
    this.#wake = new Wake(edges.clock);
    this.#budget = new RequestBudget(options.requestsPerSecond);
    this.#lastReadAt = edges.clock.now();
    this.#queueRefusals = options.queueTold ? 0 : refusalsBelieved;
  }

  /** Tasks that were accepted and not found to have ended. */
  get size(): number {
    return this.#entries.size;
  }

  /** Those of them that are believed to be in flight. */
  get alive(): number {
    return this.#entries.size - this.#ending - this.#census.ghosts;
  }

  /** Those that ended by the account's count and were not found yet. */
  get ghosts(): number {
    return this.#census.ghosts;
  }

  /** Of those that are followed: how many wait on the service, and how many run. */
  standing(): { queued: number; running: number } {
    const queued = this.tasks().filter(({ runningAt }) => runningAt === null).length;
    return { queued, running: this.size - queued };
  }

  tasks(): Watched[] {
    return [...this.#entries.values()].map(({ task }) => task);
  }

  /** When any read last gave an answer: how long the service has been silent. */
  get lastReadAt(): number {
    return this.#lastReadAt;
  }

  /** Reads that gave nothing since then. */
  get unread(): number {
    return this.#unread;
  }

  #read(at: number): void {
    this.#lastReadAt = at;
    this.#unread = 0;
  }

  /** `netWssUrl`: of its socket, where the create's answer gave one. */
  add(task: Watched, netWssUrl: string | null = null): void {
    const now = this.edges.clock.now();
    if (this.#entries.size === 0) this.#read(now);
    this.#entries.set(task.taskId, {
      task,
      seenAt: now,
      asking: false,
      ended: false,
      fixedAt: null,
      heard: new Heard(),
    });
    this.#wake.notify();
    if (netWssUrl !== null) this.parts.live.follow(task, netWssUrl);
    if (this.#strangers.take(task.taskId)) this.hint(task.taskId, 'event');
  }

  /**
   * Somebody says that this task has ended. Nobody is believed: it is asked for as soon as the
   * request budget allows, a few times at most, and what the service answers is what counts.
   */
  hint(taskId: string, by: Teller): void {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) {
      const { underWay, lost } = this.parts.creates();
      if (by === 'event' && underWay + lost > 0) this.#strangers.add(taskId);
      return;
    }
    const now = this.edges.clock.now();
    const { oldestGhostAt } = this.#census;
    const late = oldestGhostAt !== null && now - oldestGhostAt > eventLateMs;
    if (entry.ended || !entry.heard.say(by, late)) return;
    // It is asked at this moment, or has a time of its own: what was said is looked at after that.
    if (entry.asking || entry.fixedAt !== null) return;
    entry.fixedAt = entry.heard.next(now);
    this.#wake.notify();
  }

  /** Tasks that are said to have ended and that were never followed. */
  strangers(): string[] {
    return this.#strangers.all();
  }

  /** The service said that requests come too fast: reads are made less often for a while. */
  tooFast(): void {
    this.#budget.tooFast(this.edges.clock.now());
  }

  /** A create found no room: what the count said of free slots may be wrong. */
  refused(): void {
    this.parts.changed(this.#census.refused(this.edges.clock.now()));
  }

  close(): void {
    this.#closed = true;
    this.#wake.notify();
  }

  /** Runs until closed. Rejects only with what `decided` rejects with. */
  async run(): Promise<void> {
    while (!this.#closed && this.#broken.length === 0) {
      const now = this.edges.clock.now();
      const next = this.#underWay < this.options.parallel ? this.#next(now) : null;
      if (next === null) await this.#wake.wait(null);
      else {
        const at = Math.max(next.at, this.#budget.freeAt(now));
        if (at > now) await this.#wake.wait(at);
        else this.#start(next, now);
      }
    }
    if (this.#broken.length > 0) throw this.#broken[0];
  }

  #next(now: number): NextRead | null {
    if (this.#entries.size === 0) return null;
    let soonest = this.options.policy.next(this.#view(now));
    for (const entry of this.#entries.values()) {
      const at = entry.asking ? null : (entry.fixedAt ?? this.#timeoutAt(entry));
      if (at !== null && (soonest === null || at < soonest.at))
        soonest = { at, ask: { is: 'task', taskId: entry.task.taskId } };
    }
    return soonest;
  }

  /** A task over its time is asked for before it is cancelled; null: not any more. */
  #timeoutAt({ task, seenAt }: Entry): number | null {
    const { runningAt, acceptedAt, cancelAsked } = task;
    const { queueTimeoutMs, runTimeoutMs } = this.options;
    const at = runningAt === null ? acceptedAt + queueTimeoutMs : runningAt + runTimeoutMs;
    return cancelAsked !== null || seenAt > at ? null : at + 1;
  }

  #view(now: number): View {
    const census = this.#census;
    return {
      now,
      tasks: [...this.#entries.values()].filter(({ ended }) => !ended).map(factsOf),
      census: census.usable(now)
        ? {
            reading: this.#counting,
            proven: census.proven,
            foreign: census.foreign,
            readAt: census.readAt,
            ghosts: census.ghosts,
            oldestGhostAt: census.oldestGhostAt,
            newestGhostAt: census.newestGhostAt,
          }
        : null,
      announced: this.#arrivals.arriving,
      unsure: this.parts.unsure(),
      hungry: this.parts.hungry(),
      requestsPerSecond: this.#budget.perSecond(now),
    };
  }

  #start({ ask }: NextRead, now: number): void {
    this.#budget.spend(now);
    this.#underWay += 1;
    const work = ask.is === 'count' ? this.#count(now) : this.#ask(ask.taskId);
    work
      .catch((cause: unknown) => this.#broken.push(cause))
      .finally(() => {
        this.#underWay -= 1;
        this.#wake.notify();
      });
  }

  async #count(sentAt: number): Promise<void> {
    this.#counting = true;
    // Taken now: what is handed over is the submitter itself, which goes on counting.
    const { begun, underWay, held } = this.parts.creates();
    const alive = this.alive;
    const found = this.#found;
    const count = await this.#inFlight().finally(() => {
      this.#counting = false;
    });
    if (this.signal.aborted) return;
    const at = this.edges.clock.now();
    if (count === null) {
      this.#unread += 1;
      this.parts.changed(this.#census.failed(at));
      return;
    }
    this.#read(at);
    const started = underWay + (this.parts.creates().begun - begun);
    const change = this.#census.read({
      count,
      atLeast: Math.max(0, alive - (this.#found - found)),
      atMost: alive + started + held,
      sentAt,
      at,
    });
    if (change.freed === 0 && change.foreign === 0) this.parts.confirmed(sentAt);
    else this.parts.changed(change);
    if (this.#capacity !== null) this.parts.told(this.#capacity - this.#census.foreign);
  }

  /** The account's tasks, by the call that also tells its limit while that one answers. */
  async #inFlight(): Promise<number | null> {
    if (this.#queueRefusals < refusalsBelieved) {
      const answer = await this.edges.service.queue(this.signal);
      if (answer.is === 'known' && answer.total !== null) {
        this.#queueRefusals = 0;
        this.#capacity = answer.limit;
        return answer.total;
      }
      if (answer.is === 'failed' && saysTooFast(answer.fault)) this.tooFast();
      this.#queueRefusals += 1;
    }
    const answer = await this.edges.service.account(this.signal);
    if (answer.is === 'failed' && saysTooFast(answer.fault)) this.tooFast();
    return answer.is === 'known' ? answer.tasksInFlight : null;
  }

  async #ask(taskId: string): Promise<void> {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) return;
    const { task } = entry;
    entry.asking = true;
    entry.fixedAt = null;
    task.polls += 1;
    const sentAt = this.edges.clock.now();
    let answer: TaskAnswer;
    try {
      answer = await this.edges.service.outputs(task.taskId, this.signal);
    } finally {
      entry.asking = false;
    }
    if (this.signal.aborted) return;
    const now = this.edges.clock.now();
    if (answer.is === 'unread') {
      this.#unread += 1;
      if (this.#unread === silentReads) this.parts.silent(answer.fault);
      if (saysTooFast(answer.fault)) this.tooFast();
    } else this.#read(now);
    const decision = decide(task, answer, now, this.options);
    if (decision.is === 'again' && decision.nowRunning) {
      task.runningAt = now;
      this.parts.started();
    }
    if (answer.is === 'running' || answer.is === 'queued') this.#seen(entry, sentAt);
    if (answer.is === 'running' && answer.netWssUrl !== null)
      this.parts.live.follow(task, answer.netWssUrl);
    if (decision.is === 'succeeded' || decision.is === 'failed' || decision.is === 'cancelled')
      this.#ended(entry, decision, now);
    entry.asking = true;
    const then = await this.parts.decided(task, decision);
    entry.asking = false;
    if (entry.ended) this.#ending -= 1;
    if (then === 'done') {
      this.#entries.delete(task.taskId);
      this.parts.live.forget(task.taskId);
    } else entry.fixedAt = this.#fixedAt(task, decision) ?? entry.heard.next(now);
  }

  /** It is in flight, so it is no ghost that was noticed before. */
  #seen(entry: Entry, sentAt: number): void {
    entry.seenAt = sentAt;
    const alive = [...this.#entries.values()].filter(({ ended }) => !ended);
    const { newestGhostAt } = this.#census;
    if (newestGhostAt === null) {
      this.parts.confirmed(Math.min(...alive.map(({ seenAt }) => seenAt)));
      return;
    }
    if (sentAt < newestGhostAt) return;
    const possible = alive.filter(({ seenAt }) => seenAt <= newestGhostAt).length;
    this.parts.changed(this.#census.possible(possible, this.edges.clock.now()));
  }

  /** Its slot is free from now on, if it was not before. */
  #ended(entry: Entry, decision: Decision & { readonly cost: Cost }, now: number): void {
    const { task, seenAt } = entry;
    const { runningAt } = task;
    const taskTimeMs = this.#told.believed({ runningAt, seenAt, now }, decision.cost.taskTimeMs);
    entry.ended = true;
    const { by, late } = entry.heard;
    // Told by its socket, which may be quicker: that says nothing about events.
    if (task.announced && by !== 'socket') this.#arrivals.ended(by === 'event' && !late);
    this.#ending += 1;
    this.#found += 1;
    const endedAt = runningAt === null || taskTimeMs === null ? null : runningAt + taskTimeMs;
    this.parts.changed(this.#census.ended(endedAt, now));
    if (decision.is === 'succeeded' && runningAt !== null)
      this.parts.ran(runTimeOf({ runningAt, seenAt, now }, taskTimeMs));
  }

  /** When a task is asked for again, where that is not the policy's to say. */
  #fixedAt(task: Watched, decision: Decision): number | null {
    const now = this.edges.clock.now();
    const afterMs = decision.is === 'again' ? decision.afterMs : null;
    if (task.unread > 0)
      return now + backoffMs(unreadBackoff, task.unread, this.edges.random, afterMs);
    return afterMs === null ? null : now + afterMs;
  }
}

const factsOf = ({ task, seenAt, asking, fixedAt }: Entry): TaskFacts => ({
  taskId: task.taskId,
  announced: task.announced,
  acceptedAt: task.acceptedAt,
  runningAt: task.runningAt,
  seenAt,
  polls: task.polls,
  askable: !asking && fixedAt === null,
});
