import { existsSync } from 'node:fs';
import type { Disk } from './disk.js';
import { nodeDisk } from './disk.js';
import type { Recorded } from '../event.js';
import { Fold } from '../fold.js';
import type { Holder } from './lock.js';
import { holderAtWork } from './lock.js';
import { readJournal } from './read.js';
import type { BatchState } from '../state.js';
import type { StoreProblem } from '../store.js';
import { journalPath, lockPath, problemOf } from '../store.js';
import type { Tail } from '../stores.js';

/** Follows a journal that another process writes: each read takes up where the last one ended. */
export class JournalTail implements Tail {
  #fold = new Fold();
  #bytes = 0;
  #inode: number | null = null;

  constructor(
    private readonly stateDir: string,
    private readonly disk: Disk = nodeDisk,
  ) {}

  get state(): BatchState {
    return this.#fold.state;
  }

  /** Tells what is new. A journal that was replaced is told from its beginning. */
  async read(each: (event: Recorded) => void): Promise<StoreProblem | null> {
    const path = journalPath(this.stateDir);
    const there = await this.disk.identity(path);
    if (there === null) return null;
    if (there.inode !== this.#inode || there.size < this.#bytes) this.#restart(there.inode);
    if (there.size === this.#bytes) return null;
    const from = this.#bytes;
    const fold = this.#fold;
    const end = await readJournal(
      this.disk,
      path,
      (event) => {
        fold.apply(event);
        each(event);
      },
      from,
    );
    if (end.is === 'whole') this.#bytes += end.bytes;
    return problemOf(this.stateDir, end);
  }

  exists(): Promise<boolean> {
    return Promise.resolve(existsSync(journalPath(this.stateDir)));
  }

  holder(): Promise<Holder | null> {
    return holderAtWork(lockPath(this.stateDir));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #restart(inode: number): void {
    this.#fold = new Fold();
    this.#bytes = 0;
    this.#inode = inode;
  }
}
