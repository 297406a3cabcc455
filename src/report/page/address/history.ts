/** Browsers refuse an address that changes with every letter that is typed. */
const restMs = 250;

/**
 * The address of the page follows what is shown, so that reload, Back, and a link that was sent show
 * the same. Another view and an open picture are steps that Back takes back.
 */
export class Address {
  readonly #text: () => string;
  #timer: number | undefined;
  /** What the address becomes after the rest. */
  #pending = '';
  #closing = false;

  /** `text`: what the address should be; `show`: it became another one by Back, by Forward or by hand. */
  constructor(text: () => string, show: (hash: string) => void) {
    this.#text = text;
    window.addEventListener('popstate', () => {
      this.#forget();
      // The picture was closed by a key: what else was changed meanwhile stays.
      if (this.#closing) this.#write();
      else show(location.hash);
      this.#closing = false;
    });
    window.addEventListener('pagehide', () => this.#flush());
  }

  /** A step that Back takes back: what was changed before it belongs to the step before. */
  step(act: () => void = () => undefined): void {
    this.#flush();
    act();
    this.#forget();
    if (this.#text() !== this.#now) history.pushState({ step: true }, '', this.#text());
  }

  /** The same step, a little different. */
  changed(): void {
    this.#pending = this.#text();
    this.#timer ??= window.setTimeout(() => this.#flush(), restMs);
  }

  /** The open picture, or those that are compared, were closed. Where Back did it, the address has none any more. */
  closed(): void {
    const open = new URLSearchParams(location.hash.slice(1));
    if (!open.has('run') && !open.has('compare')) return;
    this.#forget();
    if (isStep(history.state)) {
      this.#closing = true;
      history.back();
    } else this.#write();
  }

  #flush(): void {
    if (this.#timer === undefined) return;
    this.#forget();
    this.#write(this.#pending);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #write(text = this.#text()): void {
    if (text !== this.#now) history.replaceState(history.state, '', text);
  }

  get #now(): string {
    return location.hash === '' ? '#' : location.hash;
  }
}

const isStep = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'step' in state;
