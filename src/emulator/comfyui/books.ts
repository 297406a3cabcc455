import type { Py } from './python/value.js';

/** What became of a prompt that was queued. */
type Fate =
  | 'pending'
  | 'running'
  | 'success'
  | 'error'
  | 'interrupted'
  /** Taken out of the queue before it ran. */
  | 'deleted'
  /** The server was restarted before it ended. */
  | 'lost';

/** One acceptance of a prompt: the same id posted twice has two. */
export interface Entry {
  readonly id: string;
  readonly number: bigint | number;
  /** As it was sent, and as it is kept with the prompt. */
  readonly prompt: Py;
  readonly extra: Py;
  /** ms since the epoch, of service time. */
  readonly at: number;
  /** 1 for the first process, one more after each restart. */
  readonly life: number;
  fate: Fate;
  /** Whether the answer to the submit went out whole. */
  answered: boolean;
  /** When it ended. */
  endedAt: number | null;
}

/** Everything that was ever queued, whatever the server itself has forgotten. */
export class Books {
  readonly entries: Entry[] = [];

  queued(entry: Omit<Entry, 'fate' | 'answered' | 'endedAt'>): Entry {
    const kept: Entry = { ...entry, fate: 'pending', answered: false, endedAt: null };
    this.entries.push(kept);
    return kept;
  }

  /** How often a prompt of this id was queued. */
  count(id: string): number {
    return this.entries.filter((entry) => entry.id === id).length;
  }

  restarted(): void {
    for (const entry of this.entries)
      if (entry.fate === 'pending' || entry.fate === 'running') entry.fate = 'lost';
  }
}
