import type { Change } from './account-count.js';
import type { Random } from '../../edges/random.js';

/**
 * How many tasks the account may have in flight, learned from what it says and refuses.
 *
 * - Until the first refusal the limit grows by one with every accepted create. Where the service
 *   reported its limit, it starts there.
 * - A refusal for want of room (421, 415, 814, 1520) says exactly how many fit: those in flight at
 *   that moment.
 * - After a refusal it grows only by a probe: one create above the limit, 30 to 60 s after
 *   the last refusal and rarer each time a probe is refused. So refused creates stay rare, and
 *   slots that other clients gave back are found. An accepted probe proves nothing by itself,
 *   because a task may have ended unseen: the limit grows when all are seen in flight.
 * - A service that queues tasks refuses nothing. Then the limit is the number of running tasks
 *   and a few more, which keep the queue from running empty.
 * - A fixed number is used as it is, whatever the service reported. Refusals lower it as they
 *   lower `auto`, and probes raise it again up to the fixed number.
 *
 * A submit that is under way, a task in flight and a lost attempt each hold one slot.
 */
export interface SlotOptions {
  /** A fixed number, or what `auto` starts from. */
  readonly start: number;
  /** The limit that the service reports is used. */
  readonly auto: boolean;
  /** The service reported its limit, which then grows by probes only. */
  readonly reported: boolean;
  /** The highest limit; for a fixed number the number itself. */
  readonly max: number;
}

const probeFirstMs = 30_000;
const probeMaxMs = 600_000;
const probeGrowth = 1.7;
/** Where the service reports its limit, probes only find out that it reported too little. */
const probeReportedMs = 240_000;
/** So long after a refusal it is known which tasks were in flight then. */
const doubtMs = 60_000;
const shutMs = 5_000;
const maxShutMs = 60_000;

export class Slots {
  #limit: number;
  #held = 0;
  #learned = false;
  #probeAt = 0;
  #probeEveryMs: number;
  #probing = false;
  /** When a probe was accepted; null once it is known whether the limit is higher. */
  #foundAt: number | null = null;
  /** By how much refusals lowered the limit since other clients' tasks were last counted, and when. */
  #lowered = 0;
  #loweredAt = 0;
  /** The part of it that assumed unaccounted ends, which may not have been ends. */
  #doubtful = 0;
  /** Set while the account refuses creates although none of our tasks is in flight. */
  #shutUntil = 0;
  #shutTries = 0;

  constructor(
    private readonly options: SlotOptions,
    private readonly random: Random,
    now: number,
  ) {
    this.#limit = Math.max(1, Math.min(options.start, options.max));
    this.#learned = options.reported;
    this.#probeEveryMs = options.reported ? probeReportedMs : probeFirstMs;
    this.#probeAt = now + this.#jitter(this.#probeEveryMs);
  }

  get limit(): number {
    return this.#limit;
  }

  get held(): number {
    return this.#held;
  }

  /** A probe was accepted, and it is not yet known whether the limit is higher. */
  get limitUncertain(): boolean {
    return this.#foundAt !== null;
  }

  free(now: number): boolean {
    if (now < this.#shutUntil) return false;
    return this.#held < this.#limit || this.#mayProbe(now);
  }

  /** When `free` may change by time alone; null: only by an event. */
  nextChangeAt(now: number): number | null {
    if (now < this.#shutUntil) return this.#shutUntil;
    return this.#learned && !this.#probing && this.#foundAt === null ? this.#probeAt : null;
  }

  /** @returns whether room is expected; if not, this create finds out. */
  take(now: number): boolean {
    const roomExpected = this.#learned && this.#held < this.#limit;
    if (this.#held >= this.#limit && this.#mayProbe(now)) this.#probing = true;
    this.#held += 1;
    return roomExpected;
  }

  release(): void {
    this.changed({ freed: 1, others: 0 });
  }

  /** The create that held a slot was refused for another reason, which says nothing of the limit. */
  releaseUntried(): void {
    this.#probing = false;
    this.release();
  }

  /** The service reported how many of our tasks fit. */
  reported(limit: number): void {
    if (this.options.auto) this.#limit = Math.min(this.options.max, Math.max(1, limit));
  }

  /** All tasks that hold a slot were in flight at this time, so none had ended unseen. */
  confirmed(at: number, now: number): void {
    if (at > this.#loweredAt) this.#lowered = 0;
    if (at > this.#loweredAt + doubtMs) this.#doubtful = 0;
    if (this.#foundAt === null || at <= this.#foundAt) return;
    this.#foundAt = null;
    if (this.#held <= this.#limit) return;
    this.#grow();
    this.#probeEveryMs = probeFirstMs;
    this.#probeAt = now + this.#jitter(probeFirstMs / 10);
  }

  /** The account's count shows free or taken slots, or more or fewer tasks of other clients. */
  changed({ freed, others }: Change): void {
    this.#held -= freed;
    if (freed < 0) {
      // A refusal had lowered the limit too far: more tasks were in flight than it assumed.
      const wrongly = Math.min(this.#doubtful, Math.max(0, this.#held - this.#limit));
      this.#limit += wrongly;
      this.#doubtful -= wrongly;
    }
    if (freed > 0 || others < 0) this.#shutUntil = 0;
    // The probe was accepted because a task had ended unseen.
    if (freed > 0) this.#foundAt = null;
    if (!this.#learned) return;
    // A refusal had already lowered the limit for the same tasks.
    const known = Math.min(this.#lowered, Math.max(0, others));
    this.#lowered -= known;
    this.#limit = Math.min(this.options.max, Math.max(1, this.#limit - (others - known)));
  }

  /** `queued` and `running`: our tasks on the service, including the new one. */
  accepted(now: number, { queued, running }: { queued: number; running: number }): void {
    this.#shutTries = 0;
    if (this.#probing && this.#held > this.#limit) {
      this.#probing = false;
      this.#foundAt = now;
    } else this.started({ queued, running });
  }

  /** A queued task runs now, or a new one was accepted: there may be room for more. */
  started({ queued, running }: { queued: number; running: number }): void {
    const queueFilled = queued >= Math.max(2, Math.ceil(running / 2));
    if (!this.#learned && this.#held >= this.#limit && !queueFilled) this.#grow();
  }

  /**
   * The create that held a slot was refused for want of room; its slot is released here.
   * `unaccounted`: ends that only the account's count shows. It may be wrong.
   */
  refused(now: number, retryAfterMs: number | null, unaccounted = 0): void {
    this.#held -= 1;
    if (this.#held === 0) {
      this.#shutTries += 1;
      const pause = Math.min(maxShutMs, shutMs * 2 ** (this.#shutTries - 1));
      this.#shutUntil = now + Math.max(this.#jitter(pause), retryAfterMs ?? 0);
    } else if (retryAfterMs !== null) this.#shutUntil = now + retryAfterMs;
    if (this.#probing) this.#probeEveryMs = Math.min(probeMaxMs, this.#probeEveryMs * probeGrowth);
    this.#probing = false;
    this.#learned = true;
    const fits = Math.max(1, Math.min(this.#limit, this.#held));
    this.#lowered += this.#limit - fits;
    this.#loweredAt = now;
    if (unaccounted > 0) this.#doubtful += this.#limit - fits;
    this.#limit = fits;
    this.#probeAt = now + this.#jitter(this.#probeEveryMs);
  }

  #mayProbe(now: number): boolean {
    return (
      this.#learned &&
      !this.#probing &&
      this.#foundAt === null &&
      this.#limit < this.options.max &&
      this.#held === this.#limit &&
      now >= this.#probeAt
    );
  }

  #grow(): void {
    this.#limit = Math.min(this.options.max, this.#limit + 1);
  }

  /** Between `ms` and twice that. */
  #jitter(ms: number): number {
    return ms * (1 + this.random());
  }
}
