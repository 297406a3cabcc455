import type { Random } from '../edges/random.js';

/**
 * How many tasks the account may have in flight, learned from what it says and refuses.
 *
 * - Until the first refusal the limit grows by one with every accepted create (where the
 *   service told its limit, that is where it starts).
 * - A refusal (421, 415 …) says exactly how many fit: those in flight at that moment.
 * - After a refusal it grows only by a probe: one create above the limit, 30 to 60 s after
 *   the last refusal and rarer each time a probe is refused, so rejected creates stay rare
 *   and capacity that others gave back is still found.
 *
 * A submit that is under way, a task in flight and a lost attempt each hold one slot.
 */
export interface SlotOptions {
  /** A fixed number, or what `auto` starts from. */
  readonly start: number;
  readonly auto: boolean;
  /** The service told its limit: from there on it grows by probes only. */
  readonly told: boolean;
  /** `auto` never goes above. */
  readonly max: number;
}

const probeFirstMs = 30_000;
const probeMaxMs = 600_000;
const shutMs = 5_000;
const shutMaxMs = 60_000;

export class Slots {
  #limit: number;
  #held = 0;
  #learned = false;
  #probeAt = 0;
  #probeEveryMs = probeFirstMs;
  #probing = false;
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
    this.#probeAt = now + this.#jitter(probeFirstMs);
  }

  get limit(): number {
    return this.#limit;
  }

  get held(): number {
    return this.#held;
  }

  free(now: number): boolean {
    if (now < this.#shutUntil) return false;
    return this.#held < this.#limit || this.#mayProbe(now);
  }

  /** When `free` may change without anything happening; null: only by an event. */
  nextChangeAt(now: number): number | null {
    if (now < this.#shutUntil) return this.#shutUntil;
    return this.#learned && this.options.auto && !this.#probing ? this.#probeAt : null;
  }

  take(now: number): void {
    if (this.#held >= this.#limit && this.#mayProbe(now)) this.#probing = true;
    this.#held += 1;
  }

  release(): void {
    this.#held -= 1;
    this.#shutUntil = 0;
  }

  accepted(now: number): void {
    this.#shutTries = 0;
    if (!this.options.auto) return;
    if (this.#probing && this.#held > this.#limit) {
      this.#grow();
      this.#probing = false;
      this.#probeEveryMs = probeFirstMs;
      this.#probeAt = now + this.#jitter(probeFirstMs / 10);
    } else if (!this.#learned && this.#held >= this.#limit) this.#grow();
  }

  /** The create that held a slot was refused for want of room; its slot is released here. */
  refused(now: number, retryAfterMs: number | null): void {
    this.#held -= 1;
    if (this.#held === 0) {
      this.#shutTries += 1;
      const pause = Math.min(shutMaxMs, shutMs * 2 ** (this.#shutTries - 1));
      this.#shutUntil = now + Math.max(this.#jitter(pause), retryAfterMs ?? 0);
    } else if (retryAfterMs !== null) this.#shutUntil = now + retryAfterMs;
    if (!this.options.auto) {
      // A fixed number above the account's room: wait for a completion or a pause, then try again.
      if (this.#held > 0) this.#shutUntil = Math.max(this.#shutUntil, now + this.#jitter(shutMs));
      return;
    }
    if (this.#probing) this.#probeEveryMs = Math.min(probeMaxMs, this.#probeEveryMs * 2);
    this.#probing = false;
    this.#learned = true;
    this.#limit = Math.max(1, Math.min(this.#limit, this.#held));
    this.#probeAt = now + this.#jitter(this.#probeEveryMs);
  }

  #mayProbe(now: number): boolean {
    return (
      this.options.auto &&
      this.#learned &&
      !this.#probing &&
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
