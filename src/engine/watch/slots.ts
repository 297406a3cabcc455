import type { Change } from './census.js';
import type { Random } from '../../edges/random.js';

/**
 * How many tasks the account may have in flight, learned from what it says and refuses.
 *
 * - Until the first refusal the limit grows by one with every accepted create (where the
 *   service told its limit, that is where it starts).
 * - A refusal for want of room (421, 415, 814, 1520) says exactly how many fit: those in flight at that moment.
 * - After a refusal it grows only by a probe: one create above the limit, 30 to 60 s after
 *   the last refusal and rarer each time a probe is refused, so rejected creates stay rare
 *   and capacity that others gave back is still found. A probe that is accepted proves nothing
 *   by itself, since a task may have ended unseen: the limit grows when all are seen alive.
 *
 * - Where the service queues what it has no machine for, it refuses nothing: then the limit
 *   is what runs and a few more, so that the queue is fed and not filled.
 *
 * - A fixed number is tried as it stands, whatever the service told. Refusals teach it as they
 *   teach `auto`, and by probes it comes back to the number that was asked for.
 *
 * A submit that is under way, a task in flight and a lost attempt each hold one slot.
 */
export interface SlotOptions {
  /** A fixed number, or what `auto` starts from. */
  readonly start: number;
  /** The service's own word for its limit counts. */
  readonly auto: boolean;
  /** The service told its limit: from there on it grows by probes only. */
  readonly told: boolean;
  /** It never goes above; of a fixed number the number itself. */
  readonly max: number;
}

const probeFirstMs = 30_000;
const probeMaxMs = 600_000;
const probeGrowth = 1.7;
/** Where the service tells its limit, a probe only finds out that it told less than is true. */
const probeToldMs = 240_000;
/** So long after a refusal it is settled which tasks were in flight then. */
const doubtMs = 60_000;
const shutMs = 5_000;
const shutMaxMs = 60_000;

export class Slots {
  #limit: number;
  #held = 0;
  #learned = false;
  #probeAt = 0;
  #probeEveryMs: number;
  #probing = false;
  /** When a probe was accepted whose room is still to be confirmed. */
  #foundAt: number | null = null;
  /** By how much refusals lowered the limit since other programs were last counted, and when. */
  #lowered = 0;
  #loweredAt = 0;
  /** By how much of it in the belief that some tasks had ended which were not found yet. */
  #doubtful = 0;
  /** Set while the account refuses even with nothing of ours in flight. */
  #shutUntil = 0;
  #shutTries = 0;

  constructor(
    private readonly options: SlotOptions,
    private readonly random: Random,
    now: number,
  ) {
    this.#limit = Math.max(1, Math.min(options.start, options.max));
    this.#learned = options.told;
    this.#probeEveryMs = options.told ? probeToldMs : probeFirstMs;
    this.#probeAt = now + this.#jitter(this.#probeEveryMs);
  }

  get limit(): number {
    return this.#limit;
  }

  get held(): number {
    return this.#held;
  }

  /** A probe was accepted, and whether there is room for one more is still to be confirmed. */
  get unsure(): boolean {
    return this.#foundAt !== null;
  }

  free(now: number): boolean {
    if (now < this.#shutUntil) return false;
    return this.#held < this.#limit || this.#mayProbe(now);
  }

  /** When `free` may change without anything happening; null: only by an event. */
  nextChangeAt(now: number): number | null {
    if (now < this.#shutUntil) return this.#shutUntil;
    return this.#learned && !this.#probing && this.#foundAt === null ? this.#probeAt : null;
  }

  /** @returns whether there should be room, as far as was learned; else this create finds out. */
  take(now: number): boolean {
    const sure = this.#learned && this.#held < this.#limit;
    if (this.#held >= this.#limit && this.#mayProbe(now)) this.#probing = true;
    this.#held += 1;
    return sure;
  }

  release(): void {
    this.changed({ freed: 1, foreign: 0 });
  }

  /** The create that held a slot was refused for another reason: of the room nothing was learned. */
  untried(): void {
    this.#probing = false;
    this.release();
  }

  /** The service tells how many tasks of ours the account has room for. */
  told(limit: number): void {
    if (this.options.auto) this.#limit = Math.min(this.options.max, Math.max(1, limit));
  }

  /** All tasks that hold a slot were in flight at this time: none of them ended unseen before. */
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

  /** The account's count says that slots are free, or are not, or that other programs hold more or fewer. */
  changed({ freed, foreign }: Change): void {
    this.#held -= freed;
    if (freed < 0) {
      // Tasks are in flight after all that a refusal was counted without.
      const wrongly = Math.min(this.#doubtful, Math.max(0, this.#held - this.#limit));
      this.#limit += wrongly;
      this.#doubtful -= wrongly;
    }
    if (freed > 0 || foreign < 0) this.#shutUntil = 0;
    // A task had ended unseen: that was the room that the probe found.
    if (freed > 0) this.#foundAt = null;
    if (!this.#learned) return;
    // A refusal told of the same tasks before the count did.
    const known = Math.min(this.#lowered, Math.max(0, foreign));
    this.#lowered -= known;
    this.#limit = Math.min(this.options.max, Math.max(1, this.#limit - (foreign - known)));
  }

  /** `queued` and `running`: tasks of ours that the service has, the new one among them. */
  accepted(now: number, { queued, running }: { queued: number; running: number }): void {
    this.#shutTries = 0;
    if (this.#probing && this.#held > this.#limit) {
      this.#probing = false;
      this.#foundAt = now;
    } else this.started({ queued, running });
  }

  /** A queued task runs now, or a new one was taken: there may be room for more. */
  started({ queued, running }: { queued: number; running: number }): void {
    const fed = queued >= Math.max(2, Math.ceil(running / 2));
    if (!this.#learned && this.#held >= this.#limit && !fed) this.#grow();
  }

  /**
   * The create that held a slot was refused for want of room; its slot is released here.
   * `ghosts`: tasks that hold a slot after all, should the account's count be wrong.
   */
  refused(now: number, retryAfterMs: number | null, ghosts = 0): void {
    this.#held -= 1;
    if (this.#held === 0) {
      this.#shutTries += 1;
      const pause = Math.min(shutMaxMs, shutMs * 2 ** (this.#shutTries - 1));
      this.#shutUntil = now + Math.max(this.#jitter(pause), retryAfterMs ?? 0);
    } else if (retryAfterMs !== null) this.#shutUntil = now + retryAfterMs;
    if (this.#probing) this.#probeEveryMs = Math.min(probeMaxMs, this.#probeEveryMs * probeGrowth);
    this.#probing = false;
    this.#learned = true;
    const fits = Math.max(1, Math.min(this.#limit, this.#held));
    this.#lowered += this.#limit - fits;
    this.#loweredAt = now;
    if (ghosts > 0) this.#doubtful += this.#limit - fits;
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
