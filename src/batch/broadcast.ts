/** What one source tells, for any number of readers; each gets what is told from its start on. */
export class Broadcast<T> implements AsyncIterable<T> {
  readonly #readers = new Set<Reader<T>>();
  #ended: { readonly failure: Error | null } | null = null;

  tell(item: T): void {
    for (const reader of this.#readers) reader.tell(item);
  }

  /** Readers end once they have read what was told; with a failure they throw it. */
  end(failure: Error | null): void {
    this.#ended = { failure };
    for (const reader of this.#readers) reader.end(failure);
    this.#readers.clear();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const reader = new Reader<T>(() => this.#readers.delete(reader));
    if (this.#ended === null) this.#readers.add(reader);
    else reader.end(this.#ended.failure);
    return reader;
  }
}

/** Keeps what was not read yet: the source never waits for a reader. */
class Reader<T> implements AsyncIterator<T, undefined> {
  #unread: T[] = [];
  #waiting: (() => void)[] = [];
  #end: { readonly failure: Error | null } | null = null;

  constructor(private readonly leave: () => void) {}

  tell(item: T): void {
    this.#unread.push(item);
    this.#wake();
  }

  end(failure: Error | null): void {
    this.#end ??= { failure };
    this.#wake();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#unread.length === 0 && this.#end === null)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const [item] = this.#unread.splice(0, 1);
    if (item !== undefined) return { done: false, value: item };
    const failure = this.#end?.failure ?? null;
    // Thrown once; whoever asks again is told that it is over.
    this.#end = { failure: null };
    if (failure !== null) throw failure;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.leave();
    this.#unread = [];
    this.end(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
