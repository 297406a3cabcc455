import { backoffMs } from '../../edges/backoff.js';
import type { Random } from '../../edges/random.js';
import type { RunId } from '../../values/ids.js';
import { RequestBudget } from '../watch/request-budget.js';
import { Pace } from './pace.js';
import { TurnedAway } from './turned-away.js';

/** Creates that wait for their answer at once. Finding the account's limit then costs few refusals. */
const createsAtOnce = 4;
const createsPerSecond = 4;
const troublePause = { firstMs: 1_000, maxMs: 60_000 };

/** The creates of one apply: how many there were, and when the next one may go out. */
export class Creates {
  /** Creates so far. */
  begun = 0;
  /** Creates whose answer is awaited. */
  underWay = 0;
  /** Creates whose answer was lost, whatever became of them. */
  lost = 0;
  /** Lost creates that hold a slot, because the service may run their task. */
  held = 0;
  /** Lost creates whose outcome is being found out: their runs may return to the queue. */
  judging = 0;
  lostInARow = 0;
  /** Answers "the task is running" that are being checked against the account's count. */
  proving = 0;
  readonly pace: Pace;
  readonly turnedAway = new TurnedAway();
  readonly #budget = new RequestBudget(() => createsPerSecond);
  readonly #resubmitted = new Set<RunId>();
  #troubles = 0;
  #troubledSince: number | null = null;
  #pausedUntil = 0;

  constructor(private readonly random: Random) {
    this.pace = new Pace(random);
  }

  /** Creates that may be accepted or were: each holds a slot and counts against the budget. */
  get unanswered(): number {
    return this.underWay + this.held;
  }

  /** When the next create may go out; now or earlier: at once. */
  nextAt(now: number): number {
    return Math.max(this.#pausedUntil, this.pace.nextAt, this.#budget.freeAt(now));
  }

  /** Another create may wait for its answer beside those that do. */
  get mayBegin(): boolean {
    return this.underWay < this.#atOnce;
  }

  get #atOnce(): number {
    // The account is being counted: a create of ours would make the count useless.
    if (this.proving > 0) return 0;
    // After a lost answer creates go one at a time, because each may be a paid task.
    return this.lostInARow > 0 ? 1 : createsAtOnce;
  }

  /** Creates in a row that met trouble. */
  get troubles(): number {
    return this.#troubles;
  }

  /** Since when creates meet nothing but trouble; null: they do not. */
  get troubledSince(): number | null {
    return this.#troubledSince;
  }

  begin(now: number): void {
    this.#budget.spend(now);
    this.underWay += 1;
    this.begun += 1;
    this.pace.sent(now);
  }

  /** The service is in trouble: the next create waits, longer each time. */
  trouble(now: number, retryAfterMs: number | null): void {
    this.#troubles += 1;
    this.#troubledSince ??= now;
    this.#pausedUntil = now + backoffMs(troublePause, this.#troubles, this.random, retryAfterMs);
  }

  /** The service works: it accepted a create or refused it for a reason of its own. */
  answered(): void {
    this.#troubles = 0;
    this.#troubledSince = null;
    this.lostInARow = 0;
    this.turnedAway.answered();
  }

  /** `onUnknown: resubmit` submits a run again once per apply, so it is never paid for a third time. */
  mayResubmit(run: RunId): boolean {
    if (this.#resubmitted.has(run)) return false;
    this.#resubmitted.add(run);
    return true;
  }
}
