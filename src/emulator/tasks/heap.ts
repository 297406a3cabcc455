/** A binary heap: the smallest first, by `rank` at the time of the push. */
export class Heap<T> {
  readonly #items: { readonly rank: number; readonly value: T }[] = [];

  peek(): { readonly rank: number; readonly value: T } | undefined {
    return this.#items[0];
  }

  push(rank: number, value: T): void {
    const items = this.#items;
    const item = { rank, value };
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.rank <= rank) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top?.value;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const rankAt = (index: number): number => items[index]?.rank ?? Number.POSITIVE_INFINITY;
      const child = rankAt(right) < rankAt(left) ? right : left;
      const below = items[child];
      if (below === undefined || below.rank >= last.rank) break;
      items[at] = below;
      at = child;
    }
    items[at] = last;
    return top.value;
  }
}

/** First in, first out, without moving what waits. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head < this.#items.length) this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
