/** A picture, video or sound that models may show people from (API notes, section 19.1). */
export interface Asset {
  readonly id: string;
  readonly url: string;
  readonly type: string;
  /** When it was made, in ms of service time. */
  readonly at: number;
}

/** The assets of all accounts. */
export class Assets {
  readonly #assets = new Map<string, Asset>();

  create(account: string, url: string, type: string, at: number): Asset {
    const id = `asset-${new Date(at).toISOString().replace(/\D/g, '')}-${this.#assets.size + 1}`;
    const asset = { id, url, type, at };
    this.#assets.set(`${account} ${id}`, asset);
    return asset;
  }

  find(account: string, id: string): Asset | null {
    return this.#assets.get(`${account} ${id.replace(/^asset:\/\//, '')}`) ?? null;
  }
}
