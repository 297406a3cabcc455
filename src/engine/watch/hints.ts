/** Who says that a task has ended: the service's webhook, or the task's own socket. */
export type Teller = 'event' | 'socket';

/**
 * Reads of one task that each teller may cause, however often it speaks. Several, since the
 * answer to a read may lag behind an event that is true.
 */
const worth: Readonly<Record<Teller, number>> = { event: 4, socket: 2 };
const firstPauseMs = 1_000;

/** What was said of one task. Anybody may say anything: nothing follows from it but reads. */
export class Heard {
  readonly #left: Record<Teller, number> = { ...worth };
  #by: Teller | null = null;
  #late = false;

  /** Who said that it ended and is not refuted yet. */
  get by(): Teller | null {
    return this.#by;
  }

  /** What was said came when the account's count had shown an end for some time. */
  get late(): boolean {
    return this.#late;
  }

  /** @returns whether it is still worth a read. */
  say(by: Teller, late: boolean): boolean {
    if (this.#left[by] === 0) return false;
    if (this.#by === 'event') return true;
    this.#by = by;
    this.#late = late;
    return true;
  }

  /** When the task is asked for the sake of what was said, which this spends; null: not any more. */
  next(now: number): number | null {
    const by = this.#by;
    if (by === null) return null;
    const left = this.#left[by];
    if (left === 0) {
      this.#by = null;
      return null;
    }
    this.#left[by] = left - 1;
    const before = worth[by] - left;
    return before === 0 ? now : now + firstPauseMs * 2 ** (before - 1);
  }
}

/** Ends in a row whose events came in time, until events are relied on; twice as many after each disappointment. */
const firstProof = 3;
const longestProof = 48;
/** After so many ends they have to prove themselves anew: when polls sleep, lateness goes unseen. */
const reliedOnFor = 50;

/**
 * Whether events come, and come in time. Only ends that a query proved count, so nobody can
 * talk the polls to sleep.
 */
export class Arrivals {
  #inARow = 0;
  #proof = firstProof;
  #reliedOn = 0;

  get arriving(): boolean {
    return this.#reliedOn > 0;
  }

  /** An end that should have been announced was found, and was, or was not, before we knew of it. */
  ended(inTime: boolean): void {
    this.#inARow = inTime ? this.#inARow + 1 : 0;
    if (this.#reliedOn === 0) {
      if (this.#inARow >= this.#proof) this.#reliedOn = reliedOnFor;
    } else if (inTime) {
      this.#reliedOn -= 1;
      if (this.#reliedOn > 0) return;
      this.#inARow = 0;
      this.#proof = firstProof;
    } else {
      this.#reliedOn = 0;
      this.#proof = Math.min(longestProof, 2 * this.#proof);
    }
  }
}

/** Ids of tasks that no run is known to have: an event may be quicker than the create's answer. */
export class Strangers {
  readonly #ids = new Set<string>();

  add(taskId: string): void {
    this.#ids.add(taskId);
    const [oldest] = this.#ids;
    if (this.#ids.size > 64 && oldest !== undefined) this.#ids.delete(oldest);
  }

  all(): string[] {
    return [...this.#ids];
  }

  /** @returns whether it was there. */
  take(taskId: string): boolean {
    return this.#ids.delete(taskId);
  }
}
