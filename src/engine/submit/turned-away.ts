import type { RunId } from '../../values/ids.js';

/** So many in a row, of whatever runs: it is the batch that is turned away. */
const batchBelieved = 5;
/** So many of one run, while others were accepted: it is something in this run. */
const runBelieved = 3;

/**
 * Submits that were turned away without a task, by a firewall's page for one. Nobody says why, so
 * they are tried again: but not for ever, and not run after run.
 */
export class TurnedAway {
  #inARow = 0;
  #accepted = 0;
  #countedAt = 0;
  /** By run: how often, and how many submits had been accepted when it was turned away first. */
  readonly #runs = new Map<RunId, { times: number; readonly since: number }>();

  /** Something was accepted, or refused for a reason of its own. */
  answered(): void {
    this.#inARow = 0;
    this.#accepted += 1;
  }

  /** What follows: another try, an end of the run, or of the batch. `sentAt`: of the submit. */
  again(run: RunId, sentAt: number, now: number): 'again' | 'run' | 'batch' {
    // Those that were under way together met the same page.
    if (sentAt >= this.#countedAt) {
      this.#inARow += 1;
      this.#countedAt = now;
    }
    const own = this.#runs.get(run) ?? { times: 0, since: this.#accepted };
    own.times += 1;
    this.#runs.set(run, own);
    if (this.#inARow >= batchBelieved) return 'batch';
    return own.times >= runBelieved && this.#accepted > own.since ? 'run' : 'again';
  }

  get inARow(): number {
    return this.#inARow;
  }
}
