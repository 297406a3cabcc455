import type { Clock } from '../../src/edges/clock.js';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
  readonly isOver: () => boolean;
}

/**
 * Time that stands still while anything can still run and jumps to the next sleeper when
 * nothing can. Deterministic: hours pass in milliseconds.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap by time, then by order. */
  readonly #heap: Sleeper[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      let over = false;
      const wake = (): void => {
        if (over) return;
        over = true;
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#push({
        at: this.#now + Math.max(0, ms),
        order: (this.#order += 1),
        wake,
        isOver: () => over,
      });
    });
  }

  /** Runs until the work is done, moving time on whenever everything waits for it. */
  async drive<T>(work: Promise<T>): Promise<T> {
    const ended = new AbortController();
    const finished = work.finally(() => {
      ended.abort();
    });
    // Its outcome is returned below; until then it must not count as unhandled.
    finished.catch(() => undefined);
    for (;;) {
      await settle();
      if (ended.signal.aborted) break;
      // Where nobody sleeps, real I/O may still be under way.
      if (!this.jump()) await new Promise((resolve) => setImmediate(resolve));
    }
    return finished;
  }

  /** Moves time on to the next sleeper and wakes it; false where nobody sleeps. */
  jump(): boolean {
    let next = this.#pop();
    // One whose sleep was broken off waits for nothing any more.
    while (next?.isOver() === true) next = this.#pop();
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    next.wake();
    return true;
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#heap;
    heap.push(sleeper);
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #pop(): Sleeper | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && before(heap[right]!, heap[least]!)) least = right;
      if (least === at) break;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
    return first;
  }
}

const before = (a: Sleeper, b: Sleeper): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** Lets every promise that can go on do so. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
