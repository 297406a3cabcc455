import type { RunId } from '../../values/ids.js';

/** So many in a row, of any runs, stop the batch. */
const maxInARow = 5;
/** So many of one run, while others were accepted, end the run. */
const maxOfRun = 3;

/**
 * Submits that were turned away without a task and without a reason, by the page of a firewall for
 * example. They are tried again, but only a limited number of times.
 */
export class TurnedAway {
  #inARow = 0;
  #accepted = 0;
  #countedAt = 0;
  /** By run: how often, and how many submits had been accepted when it was turned away first. */
  readonly #runs = new Map<RunId, { times: number; readonly since: number }>();

  /** A submit was accepted, or refused for a stated reason. */
  answered(): void {
    this.#inARow = 0;
    this.#accepted += 1;
  }

  /** What follows: another try, an end of the run, or of the batch. `sentAt`: of the submit. */
  again(run: RunId, sentAt: number, now: number): 'again' | 'run' | 'batch' {
    // Submits that were pending together met the same refusal and count once.
    if (sentAt >= this.#countedAt) {
      this.#inARow += 1;
      this.#countedAt = now;
    }
    const own = this.#runs.get(run) ?? { times: 0, since: this.#accepted };
    own.times += 1;
    this.#runs.set(run, own);
    if (this.#inARow >= maxInARow) return 'batch';
    return own.times >= maxOfRun && this.#accepted > own.since ? 'run' : 'again';
  }

  get inARow(): number {
    return this.#inARow;
  }
}
