/**
 * Map from 64-bit ids (16 hex digits) to non-negative numbers, in typed arrays: a million
 * entries take 32 MB, where a `Map` of strings takes 150. Open addressing, linear probing.
 */
export class IdTable {
  #mask = 1023;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** −1: a free place. */
  #values = new Float64Array(1024).fill(-1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): number | undefined {
    const value = this.#values[this.#find(upper(id), lower(id))];
    return value === undefined || value === -1 ? undefined : value;
  }

  /** Stores the value unless the id has one; answers the one that was there before. */
  add(id: string, value: number): number | undefined {
    const [high, low] = [upper(id), lower(id)];
    const at = this.#find(high, low);
    const earlier = this.#values[at];
    if (earlier !== undefined && earlier !== -1) return earlier;
    this.#put(at, high, low, value);
    this.#size += 1;
    if (this.#size * 10 > this.#values.length * 6) this.#grow();
    return undefined;
  }

  #put(at: number, high: number, low: number, value: number): void {
    this.#high[at] = high;
    this.#low[at] = low;
    this.#values[at] = value;
  }

  /** Where the id is, or the free place where it belongs. The ids are hashes: no further mixing. */
  #find(high: number, low: number): number {
    let at = low & this.#mask;
    while (this.#values[at] !== -1 && (this.#low[at] !== low || this.#high[at] !== high))
      at = (at + 1) & this.#mask;
    return at;
  }

  #grow(): void {
    const [high, low, values] = [this.#high, this.#low, this.#values];
    const capacity = values.length * 2;
    this.#mask = capacity - 1;
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#values = new Float64Array(capacity).fill(-1);
    values.forEach((value, from) => {
      if (value === -1) return;
      const [top = 0, bottom = 0] = [high[from], low[from]];
      this.#put(this.#find(top, bottom), top, bottom, value);
    });
  }
}

const upper = (id: string): number => Number.parseInt(id.slice(0, 8), 16);
const lower = (id: string): number => Number.parseInt(id.slice(8, 16), 16);
