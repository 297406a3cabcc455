/** What reports that a task has ended: the service's webhook, or the task's own socket. */
export type Reporter = 'event' | 'socket';

/**
 * Reads of one task that each reporter may cause, however often it reports. More than one, because
 * the answer to a read may lag behind a true event.
 */
const maxReads: Readonly<Record<Reporter, number>> = { event: 4, socket: 2 };
const firstPauseMs = 1_000;

/** Unverified reports that one task has ended. They cause reads and nothing else. */
export class EndReports {
  readonly #left: Record<Reporter, number> = { ...maxReads };
  #by: Reporter | null = null;
  #late = false;

  /** What reported the end; null: nothing, or reads have refuted it. */
  get by(): Reporter | null {
    return this.#by;
  }

  /** The report came when the account's count had shown an end for some time. */
  get late(): boolean {
    return this.#late;
  }

  /** @returns whether the report may still cause a read. */
  add(by: Reporter, late: boolean): boolean {
    if (this.#left[by] === 0) return false;
    if (this.#by === 'event') return true;
    this.#by = by;
    this.#late = late;
    return true;
  }

  /** When the next read that a report causes is due; counts that read. null: no more of them. */
  nextReadAt(now: number): number | null {
    const by = this.#by;
    if (by === null) return null;
    const left = this.#left[by];
    if (left === 0) {
      this.#by = null;
      return null;
    }
    this.#left[by] = left - 1;
    const before = maxReads[by] - left;
    return before === 0 ? now : now + firstPauseMs * 2 ** (before - 1);
  }
}

/** Ends in a row whose events came in time before events are relied on; doubled after each miss. */
const initialProof = 3;
const maxProof = 48;
/** After so many ends events are tested again, because late events go unseen while polls are rare. */
const reliedOnFor = 50;

/**
 * Whether events come, and come in time. Only ends that the service confirmed count, so false
 * events cannot stop the polls.
 */
export class EventReliability {
  #inARow = 0;
  #proof = initialProof;
  #reliedOn = 0;

  get reliable(): boolean {
    return this.#reliedOn > 0;
  }

  /** An end was found for which an event was due. `inTime`: the event came before a read was needed. */
  ended(inTime: boolean): void {
    this.#inARow = inTime ? this.#inARow + 1 : 0;
    if (this.#reliedOn === 0) {
      if (this.#inARow >= this.#proof) this.#reliedOn = reliedOnFor;
    } else if (inTime) {
      this.#reliedOn -= 1;
      if (this.#reliedOn > 0) return;
      this.#inARow = 0;
      this.#proof = initialProof;
    } else {
      this.#reliedOn = 0;
      this.#proof = Math.min(maxProof, 2 * this.#proof);
    }
  }
}

/** Ids of tasks in events that match no run. An event may be faster than the create's answer. */
export class UnmatchedEvents {
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
