import type { Clock } from '../../edges/clock.js';
import type { JournalEvent, Recorded } from '../event.js';
import type { Hold } from '../files/lock.js';
import type { Rescued } from '../files/rescue.js';
import type { Fold } from '../fold.js';
import type { BatchState } from '../state.js';
import type { Store } from '../store.js';
import type { AppendTo } from './append.js';
import { StoreAppender } from './append.js';
import { holderOf } from './holder.js';
import type { Unsent } from './unsent.js';
import { keepUnsent } from './unsent.js';

interface Parts {
  readonly to: AppendTo;
  readonly fold: Fold;
  readonly clock: Clock;
  readonly place: { readonly stateDir: string; readonly name: string };
  /** Lets go of everything. Never throws. */
  readonly release: () => Promise<void>;
}

/** The journal of one batch in a store, while this process leads it. */
export class BatchStore implements Store {
  #seq: number;
  readonly #appender: StoreAppender;
  readonly #listeners: ((event: Recorded) => void)[] = [];
  /** What the store did not take. Without intents: what was never durable was never sent. */
  readonly #unsaved: Recorded[] = [];

  constructor(private readonly parts: Parts) {
    this.#seq = parts.fold.lastSeq;
    this.#appender = new StoreAppender(parts.to);
    parts.fold.orphan();
  }

  get state(): BatchState {
    return this.parts.fold.state;
  }

  async append(event: JournalEvent): Promise<Recorded> {
    const recorded = this.#stamp(event);
    const durable = this.#appender.append(recorded);
    this.parts.fold.apply(recorded);
    try {
      await durable;
    } catch (cause) {
      this.#unsent(recorded);
      throw cause;
    }
    this.#tell(recorded);
    return recorded;
  }

  appendLater(event: JournalEvent): void {
    const recorded = this.#stamp(event);
    this.#appender.appendLater(recorded, () => this.#unsent(recorded));
    this.parts.fold.apply(recorded);
    this.#tell(recorded);
  }

  async adopt(events: Iterable<Recorded>): Promise<void> {
    for (const event of events) {
      this.#seq += 1;
      const recorded = { ...event, seq: this.#seq };
      this.#appender.appendLater(recorded, () => this.#unsent(recorded));
      this.parts.fold.apply(recorded);
    }
    await this.#appender.flush();
  }

  flush(): Promise<void> {
    return this.#appender.flush();
  }

  hurry(): void {
    this.#appender.hurry();
  }

  /** What the store did not take is kept on this machine for the next apply here. */
  async rescue(): Promise<Rescued> {
    if (this.#unsaved.length === 0) return { is: 'unneeded' };
    const { to, place } = this.parts;
    const kept: Unsent = { store: to.shown, name: place.name, events: this.#unsaved };
    try {
      return { is: 'kept', path: await keepUnsent(place.stateDir, kept), store: to.shown };
    } catch (cause) {
      return { is: 'failed', detail: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  async stillHeld(): Promise<Hold> {
    const { claim, database, batch } = this.parts.to;
    if (!claim.lost) return { is: 'held' };
    const by = await holderOf(database, batch).catch(() => null);
    return { is: 'taken', by };
  }

  maySend(): Promise<boolean> {
    return this.parts.to.claim.holds();
  }

  onEvent(listener: (event: Recorded) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.#appender.close();
    await this.parts.release();
  }

  #unsent(event: Recorded): void {
    if (event.type !== 'intent') this.#unsaved.push(event);
  }

  #stamp(event: JournalEvent): Recorded {
    this.#seq += 1;
    const at = new Date(this.parts.clock.now()).toISOString();
    const told = event.type === 'saved' ? { ...event, machine: this.parts.to.machine } : event;
    return { ...told, seq: this.#seq, at };
  }

  #tell(event: Recorded): void {
    for (const listener of this.#listeners) listener(event);
  }
}
