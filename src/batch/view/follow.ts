import type { Clock } from '../../edges/clock.js';
import type { LiveEvent } from '../../journal/event.js';
import type { BatchState } from '../../journal/state.js';
import type { Tail } from '../../journal/stores.js';
import type { PageNow } from '../../report/html/page-data.js';
import type { RunId } from '../../values/ids.js';
import { doingOf, nowOf, Progress } from './progress.js';
import { runOf } from './run-of.js';

/** What was found since the last look. */
export interface News {
  /** `all`: a new apply, or the end of one. */
  readonly changed: ReadonlySet<RunId> | 'all';
  /** An apply began since the last look. */
  readonly began: boolean;
}

/** Follows a batch by its journal, whoever writes it, and never touches its lock. */
export class Following {
  #progress: Progress | null = null;
  #atWork = false;
  #seen = false;
  /** Why the batch cannot be followed just now; null: it can. */
  #trouble: string | null = null;
  readonly #steps = new Set<RunId>();

  constructor(
    private readonly tail: Tail,
    private readonly clock: Clock,
    /** What begins or goes on with the batch. */
    private readonly command: string,
  ) {}

  get state(): BatchState {
    return this.tail.state;
  }

  /** What no journal holds: an apply in this process tells it. */
  onLive(event: LiveEvent): void {
    this.#progress?.onLive(event);
    if (event.type === 'progress') this.#steps.add(event.run);
  }

  async look(): Promise<News> {
    const there = await this.tail.exists();
    // Asked first: what was written before the lock was let go is then read for certain.
    this.#atWork = (await this.tail.holder()) !== null;
    const changed = new Set<RunId>(this.#steps);
    this.#steps.clear();
    let [began, ended] = [false, false];
    const problem = await this.tail.read((event) => {
      if (event.type === 'batch') {
        began = true;
        this.#progress = new Progress(event, (run) => this.state.runs.get(run), this.clock);
      }
      this.#progress?.on(event);
      ended ||= event.type === 'end';
      const run = runOf(event);
      if (run !== null) changed.add(run);
    });
    this.#trouble =
      problem !== null
        ? problem.message
        : this.#seen && !there
          ? 'Its state folder is gone. What was known of it is still shown.'
          : null;
    this.#seen ||= there;
    return { changed: began || ended ? 'all' : changed, began };
  }

  get now(): PageNow {
    const now = nowOf(this.state, this.#atWork, this.#progress, this.command);
    return this.#trouble === null ? now : { ...now, notice: this.#trouble };
  }

  doing(run: RunId): string | undefined {
    // Of an apply that was broken off nothing goes on here.
    return this.#atWork ? doingOf(this.state.runs.get(run), this.#progress) : undefined;
  }
}
