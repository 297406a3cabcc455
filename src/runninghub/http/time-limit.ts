import type { Clock } from '../../edges/clock.js';

/** Timers of a process that slept fire at once when it wakes: later than this is such a sleep. */
const lateMs = 1_000;
/** What has arrived meanwhile gets so long to be read. */
const graceMs = 5_000;

export interface TimeLimit {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  /** Something arrived: the time begins anew. */
  moved(): void;
  /** The other side is not waited for now, until something moves again. */
  held(): void;
  /** No longer needed. */
  clear(): void;
}

/**
 * Ends a request after so long. A process that was stopped, or a laptop that slept, may find the
 * answer waiting when it wakes: it is read before the limit is enforced, since the answer to a
 * create that is thrown away is a task that nobody knows.
 */
export const timeLimit = (ms: number, clock: Clock): TimeLimit => {
  const over = new AbortController();
  const cleared = new AbortController();
  const now = clock.monotonic ?? clock.now;
  let due: number | null = now() + ms;
  const wait = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(due === null ? ms : due - now(), cleared.signal);
      if (cleared.signal.aborted) return;
      if (due === null || due > now()) continue;
      if (now() - due <= lateMs) break;
      due = now() + Math.min(ms, graceMs);
    }
    over.abort();
  };
  void wait();
  return {
    signal: over.signal,
    moved: () => {
      due = now() + ms;
    },
    held: () => {
      due = null;
    },
    // A reason of its own: without one a DOMException with a stack is made for every request.
    clear: () => cleared.abort('cleared'),
  };
};
