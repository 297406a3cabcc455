/**
 * At most so many requests in any one second; unused requests are not saved up. The rate may
 * change, and is halved for a minute when the service says that requests come too fast.
 */
export class RequestBudget {
  /** When the last requests went out, oldest first. */
  readonly #spent: number[] = [];
  #halvedUntil = 0;

  constructor(private readonly rate: () => number) {}

  /** Requests a second that are allowed now. */
  perSecond(now: number): number {
    return now < this.#halvedUntil ? this.rate() / 2 : this.rate();
  }

  /** When the next request may go out: `now`, or later. */
  freeAt(now: number): number {
    const perSecond = this.perSecond(now);
    // Below one a second the window is as long as one request needs.
    const perWindow = Math.max(1, Math.floor(perSecond));
    const oldest = this.#spent[this.#spent.length - perWindow];
    return oldest === undefined ? now : Math.max(now, oldest + (1_000 * perWindow) / perSecond);
  }

  spend(now: number): void {
    this.#spent.push(now);
    if (this.#spent.length > mostRemembered) this.#spent.shift();
  }

  /** The service said that requests come too fast. */
  tooFast(now: number): void {
    this.#halvedUntil = now + halvedForMs;
  }
}

const halvedForMs = 60_000;
/** More than any rate that the manifest allows. */
const mostRemembered = 1_000;
