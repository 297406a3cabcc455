import { createHmac } from 'node:crypto';

/** Signed links to files: they die, and their query must come back to the byte. */
export class Links {
  constructor(
    private readonly secret: string,
    private readonly lifeMs: number,
  ) {}

  sign(path: string, now: number, lifeMs = this.lifeMs): string {
    const from = Math.floor(now / 1000);
    const until = Math.min(9_999_999_999, Math.ceil((now + lifeMs) / 1000));
    return `${path}?${this.#query(path, from, until)}`;
  }

  /** Why the link is refused; null when it is good. `query` is the raw text behind `?`. */
  refusal(path: string, query: string, now: number, validFrom: number): string | null {
    const [, from, until] = /q-sign-time=(\d+)%3B(\d+)&/.exec(query) ?? [];
    if (from === undefined || until === undefined) return 'AccessDenied';
    if (query !== this.#query(path, Number(from), Number(until))) return 'SignatureDoesNotMatch';
    const dead = now / 1000 > Number(until) || Number(from) < Math.floor(validFrom / 1000);
    return dead ? 'RequestHasExpired' : null;
  }

  /** `;` stays `%3B` and the path's characters their escapes: nothing may be encoded again. */
  #query(path: string, from: number, until: number): string {
    const signature = createHmac('sha1', this.secret)
      .update(`${path} ${from} ${until}`)
      .digest('hex');
    return `q-sign-algorithm=sha1&q-sign-time=${from}%3B${until}&q-signature=${signature}`;
  }
}
