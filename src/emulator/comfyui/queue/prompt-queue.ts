import type { Py, PyDict } from '../python/value.js';
import { heapify, pop, push } from './heap.js';
import type { Item } from './item.js';
import { isBefore } from './item.js';

/** History keeps one more (ComfyUI notes, section 3). */
const mostHistory = 10_000;

/** What became of a prompt, as /history tells it. */
export interface HistoryEntry {
  readonly item: Item;
  readonly outputs: PyDict;
  readonly status: PyDict | null;
  /** Null in mid-2024, which has none. */
  readonly meta: PyDict | null;
}

/** Pending, running and finished prompts of one life of a server; a restart loses them (0). */
export class PromptQueue {
  #pending: Item[] = [];
  readonly #running = new Map<number, Item>();
  #taken = 0;
  readonly history = new Map<string, HistoryEntry>();

  constructor(
    /** Called at every change. */
    private readonly changed: () => void,
    /** A pending prompt was taken out and will never run. */
    private readonly removed: (item: Item) => void,
  ) {}

  get pending(): readonly Item[] {
    return this.#pending;
  }

  get running(): readonly Item[] {
    return [...this.#running.values()];
  }

  get remaining(): number {
    return this.#pending.length + this.#running.size;
  }

  /** Where the item cannot be compared it is in the queue all the same, and this raises. */
  put(item: Item): void {
    push(this.#pending, item, isBefore);
    this.changed();
  }

  /** The next one, which runs from now on under a number of its own. */
  take(): { readonly item: Item; readonly task: number } | null {
    const item = pop(this.#pending, isBefore);
    if (item === undefined) return null;
    const task = this.#taken;
    this.#taken += 1;
    this.#running.set(task, item);
    this.changed();
    return { item, task };
  }

  done(task: number, entry: HistoryEntry): void {
    this.#running.delete(task);
    const oldest = this.history.keys().next();
    if (this.history.size > mostHistory && oldest.done !== true) this.history.delete(oldest.value);
    // An id that is there keeps its place.
    this.history.set(entry.item.id, entry);
    this.changed();
  }

  clear(): void {
    for (const item of this.#pending) this.removed(item);
    this.#pending = [];
    this.changed();
  }

  /** One entry of this id, if there is one. */
  delete(id: Py): boolean {
    const place = this.#pending.findIndex((item) => item.id === id);
    if (place < 0) return false;
    if (this.#pending.length === 1) this.clear();
    else {
      for (const item of this.#pending.splice(place, 1)) this.removed(item);
      heapify(this.#pending, isBefore);
    }
    this.changed();
    return true;
  }

  /** The newest `most`, oldest first, or `most` from `offset` on. */
  entries(most: number | null, offset: number): HistoryEntry[] {
    const from = offset < 0 && most !== null ? this.history.size - most : offset;
    const found: HistoryEntry[] = [];
    let place = 0;
    for (const entry of this.history.values()) {
      if (place >= from) {
        found.push(entry);
        if (most !== null && found.length >= most) break;
      }
      place += 1;
    }
    return found;
  }
}
