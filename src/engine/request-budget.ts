/** At most so many requests in any one second; what was not used is not saved up. */
export class RequestBudget {
  readonly #windowMs: number;
  readonly #perWindow: number;
  /** When the last requests went out, oldest first. */
  readonly #spent: number[] = [];

  constructor(perSecond: number) {
    // Below one a second the window is as long as one request needs.
    this.#perWindow = Math.max(1, Math.floor(perSecond));
    this.#windowMs = (1000 * this.#perWindow) / perSecond;
  }

  /** When the next request may go out: `now`, or later. */
  freeAt(now: number): number {
    const oldest = this.#spent[this.#spent.length - this.#perWindow];
    return oldest === undefined ? now : Math.max(now, oldest + this.#windowMs);
  }

  spend(now: number): void {
    this.#spent.push(now);
    if (this.#spent.length > this.#perWindow) this.#spent.shift();
  }
}
