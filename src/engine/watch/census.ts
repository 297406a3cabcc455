/**
 * What the account's count of tasks in flight says about ours.
 *
 * One request watches all slots: when the count drops, some task has ended, and its slot is
 * free before it is known which task it was. Such a task is a **ghost** until a poll finds it.
 * The count is hearsay, though: other programs use the same key, it may lag, and it may lie.
 *
 * - What cannot be ours is `foreign`: the count above all that we may have in flight raises it,
 *   a ghost that none of our tasks turns out to be lowers it.
 * - A ghost that none of our tasks can be while nothing foreign is known is a lie. Ghosts that
 *   are found, and found in time, make up for lies. When the balance is bad, the count is left
 *   alone for a while that doubles each time, and the polls of single tasks carry the load.
 * - Readings that overlap with creates or with ends are believed only beyond what these explain.
 */
export interface Reading {
  readonly count: number;
  /** Ours that must have been counted, as far as we knew: no ghosts, none that ended meanwhile. */
  readonly atLeast: number;
  /** With creates that were under way at any time of the reading, ends meanwhile, and lost ones. */
  readonly atMost: number;
  readonly sentAt: number;
  readonly at: number;
}

/** What changed for the slots. */
export interface Change {
  /** Tasks of ours that are believed to have ended (positive), or not to have after all. */
  readonly freed: number;
  /** More (positive) or fewer tasks of other programs. */
  readonly foreign: number;
}

interface Ghost {
  readonly noticedAt: number;
  /** When the last reading began that still counted it; null: there was none. */
  readonly notShownBy: number | null;
}

const nothing: Change = { freed: 0, foreign: 0 };

const firstPauseMs = 60_000;
const maxPauseMs = 30 * 60_000;
const bestScore = 4;
const worstScore = -4;
/** The same for a count that was wrong before and has not been right since. */
const worstOnProbation = -2;
const clearGhosts = 2;
const failuresBelieved = 3;
/** Run times come in whole seconds, and an answer takes its time. */
const toleranceMs = 2_000;

export class Census {
  /** Oldest first. */
  #ghosts: Ghost[] = [];
  /** null: not known yet, after a start or a pause. */
  #foreign: number | null = null;
  #score = 0;
  /** It was wrong before and has not been right since: one mistake is enough now. */
  #onProbation = false;
  /** By how much `foreign` was changed since the count was trusted. */
  #inferred = 0;
  #offUntil = 0;
  #pauseMs = firstPauseMs;
  #failures = 0;
  #readSentAt: number | null = null;
  #readAt: number | null = null;

  usable(now: number): boolean {
    return now >= this.#offUntil;
  }

  /** Ghosts were found where the count said that they are. */
  get proven(): boolean {
    return this.#score > 0;
  }

  get ghosts(): number {
    return this.#ghosts.length;
  }

  get foreign(): number {
    return this.#foreign ?? 0;
  }

  /** When the oldest ghost was noticed. */
  get oldestGhostAt(): number | null {
    return this.#ghosts[0]?.noticedAt ?? null;
  }

  /** When the newest ghost was noticed: a task seen in flight since then is none. */
  get newestGhostAt(): number | null {
    return this.#ghosts.at(-1)?.noticedAt ?? null;
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
    if (this.#foreign === null) {
      // No news for the slots: what the account had room for was found without it.
      this.#foreign = Math.max(0, count - atMost);
      return nothing;
    }
    const more = count - atMost - this.#foreign;
    if (more > 0) {
      return { freed: 0, foreign: this.#infer(more) };
    }
    const fewer = atLeast + this.#foreign - count;
    if (fewer <= 0) return nothing;
    const freed = Math.min(fewer, atLeast);
    for (let ghost = 0; ghost < freed; ghost += 1)
      this.#ghosts.push({ noticedAt: at, notShownBy: before });
    return { freed, foreign: this.#infer(freed - fewer) };
  }

  /**
   * A task of ours was found to have ended, about `endedAt` if that is known. The slot of a
   * ghost is free already.
   */
  ended(endedAt: number | null, now: number): Change {
    const ghost = this.#laid(endedAt);
    const freed = ghost === undefined ? 1 : 0;
    if (this.#readSentAt === null) return { freed, foreign: 0 };
    // When it ended is not known, or among many ends nobody knows which is which.
    if (endedAt === null || this.ghosts > clearGhosts) {
      // By chance, too, an end is found: a count that was wrong before needs a better proof.
      if (ghost !== undefined && !this.#onProbation) this.#right();
      return { freed, foreign: 0 };
    }
    // A reading that began well after the end and did not show it.
    const blind = ghost === undefined ? this.#readSentAt : ghost.notShownBy;
    const late = blind !== null && blind - endedAt > toleranceMs;
    if (late) {
      this.#score -= 1;
      if (this.#disproven) {
        const change = this.#distrust(now);
        return { freed: freed + change.freed, foreign: change.foreign };
      }
    } else if (ghost !== undefined) this.#right();
    if (!late || ghost !== undefined) return { freed, foreign: 0 };
    // Hidden by a task of another program that began meanwhile, as far as can be seen.
    return { freed, foreign: this.#infer(1) };
  }

  get #disproven(): boolean {
    return this.#score <= (this.#onProbation ? worstOnProbation : worstScore);
  }

  /** An end was found where the count said that there is one. */
  #right(): void {
    this.#score = Math.min(bestScore, this.#score + 1);
    if (this.#score > 0) this.#onProbation = false;
  }

  /** Takes away the ghost that the task most likely was: the first one noticed after its end. */
  #laid(endedAt: number | null): Ghost | undefined {
    const at = this.#ghosts.findIndex(
      ({ noticedAt }) => endedAt === null || noticedAt >= endedAt - toleranceMs / 2,
    );
    return this.#ghosts.splice(Math.max(0, at), 1)[0];
  }

  /**
   * Tasks of ours that can be ghosts are at most `possible`, since all others were seen in
   * flight after the last ghost was noticed.
   */
  possible(possible: number, now: number): Change {
    const wrong = this.ghosts - possible;
    if (wrong <= 0) return nothing;
    this.#ghosts.splice(0, wrong);
    const foreign = this.#infer(-wrong);
    this.#score -= 2 * (wrong + foreign);
    if (!this.#disproven) return { freed: -wrong, foreign };
    const change = this.#distrust(now);
    return { freed: change.freed - wrong, foreign: foreign + change.foreign };
  }

  /**
   * A create was refused for want of room although there seemed to be some: another program may
   * have been quicker, the account may take less than before, or the ghosts are none.
   */
  refused(now: number): Change {
    if (this.ghosts === 0) return nothing;
    this.#score -= 1;
    return this.#disproven ? this.#distrust(now) : nothing;
  }

  /** Changes `foreign`, not below none. @returns by how much. */
  #infer(change: number): number {
    const before = this.foreign;
    this.#foreign = Math.max(0, before + change);
    this.#inferred += this.#foreign - before;
    return this.#foreign - before;
  }

  /** The call was refused, or gave no number: once may be chance, several times in a row is not. */
  failed(now: number): Change {
    this.#failures += 1;
    this.#readAt = now;
    return this.#failures < failuresBelieved ? nothing : this.#distrust(now);
  }

  /** @returns the ghosts, which are as good as alive again until a poll finds them. */
  #distrust(now: number): Change {
    // The slots are again what they were before this count was believed.
    const change = { freed: -this.ghosts, foreign: -this.#inferred };
    this.#inferred = 0;
    this.#ghosts = [];
    this.#foreign = null;
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
