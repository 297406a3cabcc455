import type { Clock } from '../edges/clock.js';
import type { Random } from '../edges/random.js';
import type { Service, TaskAnswer } from '../runninghub/service.js';
import { backoffMs } from './backoff.js';
import type { Decision, FollowOptions, Watched } from './follow.js';
import { decide } from './follow.js';
import type { PollPolicy } from './policy.js';
import { Wake } from './wake.js';

interface Entry {
  readonly task: Watched;
  /** When it is asked next; null while a request about it is under way. */
  at: number | null;
}

export interface WatchOptions extends FollowOptions {
  /** Whole-batch budget of read requests. */
  readonly requestsPerSecond: number;
  /** Requests under way at once. */
  readonly parallel: number;
  readonly policy: PollPolicy;
}

const unreadBackoff = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Asks for every task in flight, one loop for all: the policy says when each is due, the
 * request budget spreads them. What an answer means is `decide`'s; what follows is the engine's.
 */
export class Watch {
  readonly #entries = new Map<string, Entry>();
  readonly #wake: Wake;
  #underWay = 0;
  #nextRequestAt = 0;
  #closed = false;
  /** What `decided` rejected with: the loop ends with it. */
  readonly #broken: unknown[] = [];
  #lastReadAt: number;

  constructor(
    private readonly edges: {
      readonly service: Pick<Service, 'outputs'>;
      readonly clock: Clock;
      readonly random: Random;
    },
    private readonly options: WatchOptions,
    private readonly signal: AbortSignal,
    private readonly decided: (task: Watched, decision: Decision) => Promise<'keep' | 'done'>,
  ) {
    this.#wake = new Wake(edges.clock);
    this.#lastReadAt = edges.clock.now();
  }

  get size(): number {
    return this.#entries.size;
  }

  tasks(): Watched[] {
    return [...this.#entries.values()].map(({ task }) => task);
  }

  /** When any read last gave an answer: how long the service has been silent. */
  get lastReadAt(): number {
    return this.#lastReadAt;
  }

  add(task: Watched): void {
    const now = this.edges.clock.now();
    if (this.#entries.size === 0) this.#lastReadAt = now;
    this.#entries.set(task.taskId, { task, at: this.options.policy.nextAt(task, now) });
    this.#wake.notify();
  }

  /** Asks for this task as soon as the request budget allows. */
  hurry(taskId: string): void {
    const entry = this.#entries.get(taskId);
    if (entry === undefined || entry.at === null) return;
    entry.at = 0;
    this.#wake.notify();
  }

  close(): void {
    this.#closed = true;
    this.#wake.notify();
  }

  /** Runs until closed. Rejects only with what `decided` rejects with. */
  async run(): Promise<void> {
    while (!this.#closed && this.#broken.length === 0) {
      const now = this.edges.clock.now();
      const due = this.#underWay < this.options.parallel ? this.#earliest() : undefined;
      const at = due?.at ?? null;
      if (due === undefined || at === null) await this.#wake.wait(null);
      else if (Math.max(at, this.#nextRequestAt) > now)
        await this.#wake.wait(Math.max(at, this.#nextRequestAt));
      else {
        this.#nextRequestAt =
          Math.max(now, this.#nextRequestAt) + 1000 / this.options.requestsPerSecond;
        this.#ask(due).catch((cause: unknown) => {
          this.#broken.push(cause);
          this.#wake.notify();
        });
      }
    }
    if (this.#broken.length > 0) throw this.#broken[0];
  }

  #earliest(): Entry | undefined {
    let earliest: Entry | undefined;
    for (const entry of this.#entries.values())
      if (entry.at !== null && (earliest?.at == null || entry.at < earliest.at)) earliest = entry;
    return earliest;
  }

  async #ask(entry: Entry): Promise<void> {
    const { task } = entry;
    entry.at = null;
    this.#underWay += 1;
    task.polls += 1;
    let answer: TaskAnswer;
    try {
      answer = await this.edges.service.outputs(task.taskId, this.signal);
    } finally {
      this.#underWay -= 1;
      this.#wake.notify();
    }
    if (this.signal.aborted) return;
    const now = this.edges.clock.now();
    if (answer.is !== 'unread') this.#lastReadAt = now;
    const decision = decide(task, answer, now, this.options);
    if (decision.is === 'again' && decision.nowRunning) task.runningAt = now;
    if ((await this.decided(task, decision)) === 'done') this.#entries.delete(task.taskId);
    else entry.at = this.#nextAt(task, decision);
    this.#wake.notify();
  }

  #nextAt(task: Watched, decision: Decision): number {
    const now = this.edges.clock.now();
    if (task.unread > 0)
      return (
        now +
        backoffMs(
          unreadBackoff,
          task.unread,
          this.edges.random,
          decision.is === 'again' ? decision.afterMs : null,
        )
      );
    if (decision.is === 'again' && decision.afterMs !== null) return now + decision.afterMs;
    return this.options.policy.nextAt(task, now);
  }
}
