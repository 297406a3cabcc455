import type { PlannedRun } from '../../plan/plan.js';

/** A run whose assets are on the service. */
export interface ReadyRun {
  readonly run: PlannedRun;
  /** sha256 → the name that the service gave. */
  readonly fileNames: ReadonlyMap<string, string>;
  /** Those of them that an earlier apply uploaded. */
  readonly reused: ReadonlyMap<string, string>;
}

/** A run of the queue; `ready` is null while its assets are uploaded. */
export interface QueuedRun {
  readonly run: PlannedRun;
  ready: ReadyRun | null;
}

/**
 * Runs that are still to be submitted. Runs that were put back come first. Runs to be tried again
 * come at their time. The others come in the order of the plan, from which the supply fills it.
 */
export class Queue {
  /** The plan has no more runs. */
  drained = false;
  readonly #next: QueuedRun[] = [];
  readonly #putBack: ReadyRun[] = [];
  readonly #later: { readonly at: number; readonly run: PlannedRun }[] = [];

  /** Runs that are prepared or being prepared. */
  get size(): number {
    return this.#next.length;
  }

  /** Nothing is left, now or later. */
  get exhausted(): boolean {
    return (
      this.drained &&
      this.#next.length === 0 &&
      this.#putBack.length === 0 &&
      this.#later.length === 0
    );
  }

  /** When a delayed run becomes due; null when none waits. */
  get nextAt(): number | null {
    return this.#later.length === 0 ? null : Math.min(...this.#later.map(({ at }) => at));
  }

  addFirst(queued: QueuedRun): void {
    this.#next.unshift(queued);
  }

  addLast(queued: QueuedRun): void {
    this.#next.push(queued);
  }

  /** To the head of the queue: the attempt changed nothing. */
  putBack(ready: ReadyRun): void {
    this.#putBack.push(ready);
  }

  /** Not before `at`; its assets are checked again. */
  tryLater(run: PlannedRun, at: number): void {
    this.#later.push({ at, run });
  }

  takePutBack(): ReadyRun | undefined {
    return this.#putBack.shift();
  }

  /** Removes the delayed runs whose time has come. */
  takeDue(now: number): PlannedRun[] {
    const due: PlannedRun[] = [];
    for (let at = this.#later.length - 1; at >= 0; at -= 1) {
      const waiting = this.#later[at];
      if (waiting === undefined || waiting.at > now) continue;
      this.#later.splice(at, 1);
      due.push(waiting.run);
    }
    return due;
  }

  firstReady(): QueuedRun | undefined {
    return this.#next.find(({ ready }) => ready !== null);
  }

  /**
   * At the end of a batch the longest run goes first, so that the last run to start is not the
   * one that takes longest. Where run times are equal or not known, the first one.
   */
  longestReady(expectedMs: (run: PlannedRun) => number | null): QueuedRun | undefined {
    let longest: QueuedRun | undefined;
    let longestMs = -1;
    for (const queued of this.#next) {
      if (queued.ready === null) continue;
      const ms = expectedMs(queued.run) ?? 0;
      if (ms > longestMs) [longest, longestMs] = [queued, ms];
    }
    return longest;
  }

  remove(queued: QueuedRun): void {
    const at = this.#next.indexOf(queued);
    if (at !== -1) this.#next.splice(at, 1);
  }
}
