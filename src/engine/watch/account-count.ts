/**
 * Compares the account's count of tasks in flight with the tasks that are followed.
 *
 * One request watches all slots: when the count drops, some task has ended, and its slot is free
 * before it is known which task it was. Such a task is an **unaccounted end** until a read of the
 * task finds it. The count is not verified, though: other clients use the same account, it may
 * lag, and it may be wrong.
 *
 * - Tasks that cannot be ours are `others`. A count above all that we may have in flight raises
 *   the number; an unaccounted end that is none of our tasks lowers it.
 * - An unaccounted end that can be none of our tasks, while no others are known, is an error of
 *   the count. Ends that are found, and found in time, make up for errors. When the score is bad,
 *   the count is not used for a pause that doubles each time, and single tasks are polled instead.
 * - Readings that overlap with creates or ends count only beyond what these explain.
 */
export interface Reading {
  readonly count: number;
  /** Ours that must have been counted: without unaccounted ends and those that ended meanwhile. */
  readonly atLeast: number;
  /** Ours that may have been counted: with pending creates, ends meanwhile and lost creates. */
  readonly atMost: number;
  readonly sentAt: number;
  readonly at: number;
}

/** What changed for the slots. */
export interface Change {
  /** Tasks of ours that are believed to have ended (positive), or not to have after all. */
  readonly freed: number;
  /** More (positive) or fewer tasks of other clients. */
  readonly others: number;
}

interface UnaccountedEnd {
  readonly noticedAt: number;
  /** When the last reading began that still counted it; null: there was none. */
  readonly notShownBy: number | null;
}

const nothing: Change = { freed: 0, others: 0 };

const firstPauseMs = 60_000;
const maxPauseMs = 30 * 60_000;
const bestScore = 4;
const worstScore = -4;
/** The same for a count that was wrong before and has not been right since. */
const worstOnProbation = -2;
const matchableEnds = 2;
const maxFailures = 3;
/** Run times are given in whole seconds, and answers take a while. */
const toleranceMs = 2_000;

export class AccountCount {
  /** Oldest first. */
  #unaccounted: UnaccountedEnd[] = [];
  /** null: not known yet, after a start or a pause. */
  #others: number | null = null;
  #score = 0;
  /** It was wrong before and has not been right since, so one error is enough to stop using it. */
  #onProbation = false;
  /** By how much `others` was changed since the count was trusted. */
  #inferred = 0;
  #offUntil = 0;
  #pauseMs = firstPauseMs;
  #failures = 0;
  #readSentAt: number | null = null;
  #readAt: number | null = null;

  usable(now: number): boolean {
    return now >= this.#offUntil;
  }

  /** Ends were found where the count showed them. */
  get proven(): boolean {
    return this.#score > 0;
  }

  get unaccounted(): number {
    return this.#unaccounted.length;
  }

  get others(): number {
    return this.#others ?? 0;
  }

  /** When the oldest unaccounted end was noticed. */
  get oldestUnaccountedAt(): number | null {
    return this.#unaccounted[0]?.noticedAt ?? null;
  }

  /** When the newest was noticed. A task seen in flight since then is not one of them. */
  get newestUnaccountedAt(): number | null {
    return this.#unaccounted.at(-1)?.noticedAt ?? null;
  }

  /** The last reading; null before the first one and during a pause. */
  get readAt(): number | null {
    return this.#readAt;
  }

  read(reading: Reading): Change {
    const { count, atLeast, atMost, at } = reading;
    const before = this.#readSentAt;
    this.#failures = 0;
    this.#readSentAt = reading.sentAt;
    this.#readAt = at;
    if (this.#others === null) {
      // The limit was learned without the others, so nothing changes for the slots.
      this.#others = Math.max(0, count - atMost);
      return nothing;
    }
    const more = count - atMost - this.#others;
    if (more > 0) {
      return { freed: 0, others: this.#infer(more) };
    }
    const fewer = atLeast + this.#others - count;
    if (fewer <= 0) return nothing;
    const freed = Math.min(fewer, atLeast);
    for (let end = 0; end < freed; end += 1)
      this.#unaccounted.push({ noticedAt: at, notShownBy: before });
    return { freed, others: this.#infer(freed - fewer) };
  }

  /**
   * A task of ours was found to have ended, about `endedAt` if that is known. If the count had
   * shown the end, its slot is free already.
   */
  ended(endedAt: number | null, now: number): Change {
    const matched = this.#match(endedAt);
    const freed = matched === undefined ? 1 : 0;
    if (this.#readSentAt === null) return { freed, others: 0 };
    // Its end time is not known, or too many ends are unaccounted to match them.
    if (endedAt === null || this.unaccounted > matchableEnds) {
      // The match may be chance, which is not enough for a count that was wrong before.
      if (matched !== undefined && !this.#onProbation) this.#confirmed();
      return { freed, others: 0 };
    }
    // Whether a reading that began well after the end did not show it.
    const readAt = matched === undefined ? this.#readSentAt : matched.notShownBy;
    const late = readAt !== null && readAt - endedAt > toleranceMs;
    if (late) {
      this.#score -= 1;
      if (this.#disproven) {
        const change = this.#distrust(now);
        return { freed: freed + change.freed, others: change.others };
      }
    } else if (matched !== undefined) this.#confirmed();
    if (!late || matched !== undefined) return { freed, others: 0 };
    // Another client's task probably began meanwhile and hid the end.
    return { freed, others: this.#infer(1) };
  }

  get #disproven(): boolean {
    return this.#score <= (this.#onProbation ? worstOnProbation : worstScore);
  }

  /** An end was found where the count said that there is one. */
  #confirmed(): void {
    this.#score = Math.min(bestScore, this.#score + 1);
    if (this.#score > 0) this.#onProbation = false;
  }

  /** Removes the unaccounted end that the task most likely was: the first noticed after its end. */
  #match(endedAt: number | null): UnaccountedEnd | undefined {
    const at = this.#unaccounted.findIndex(
      ({ noticedAt }) => endedAt === null || noticedAt >= endedAt - toleranceMs / 2,
    );
    return this.#unaccounted.splice(Math.max(0, at), 1)[0];
  }

  /**
   * At most `possible` of our tasks can be unaccounted ends, because all others were seen in
   * flight after the newest was noticed.
   */
  possible(possible: number, now: number): Change {
    const wrong = this.unaccounted - possible;
    if (wrong <= 0) return nothing;
    this.#unaccounted.splice(0, wrong);
    const others = this.#infer(-wrong);
    this.#score -= 2 * (wrong + others);
    if (!this.#disproven) return { freed: -wrong, others };
    const change = this.#distrust(now);
    return { freed: change.freed - wrong, others: others + change.others };
  }

  /**
   * A create was refused for want of room although there seemed to be some. Another client may
   * have been faster, the limit may be lower than before, or the count was wrong.
   */
  refused(now: number): Change {
    if (this.unaccounted === 0) return nothing;
    this.#score -= 1;
    return this.#disproven ? this.#distrust(now) : nothing;
  }

  /** Changes `others`, not below 0. @returns by how much. */
  #infer(change: number): number {
    const before = this.others;
    this.#others = Math.max(0, before + change);
    this.#inferred += this.#others - before;
    return this.#others - before;
  }

  /** The call failed or gave no number. Only several failures in a row count. */
  failed(now: number): Change {
    this.#failures += 1;
    this.#readAt = now;
    return this.#failures < maxFailures ? nothing : this.#distrust(now);
  }

  /** Unaccounted ends hold their slots again until a read finds them. */
  #distrust(now: number): Change {
    // Undoes what the slots learned from this count.
    const change = { freed: -this.unaccounted, others: -this.#inferred };
    this.#inferred = 0;
    this.#unaccounted = [];
    this.#others = null;
    this.#score = -1;
    this.#onProbation = true;
    this.#failures = 0;
    this.#readSentAt = null;
    this.#readAt = null;
    this.#offUntil = now + this.#pauseMs;
    this.#pauseMs = Math.min(maxPauseMs, this.#pauseMs * 2);
    return change;
  }
}
