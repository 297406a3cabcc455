import type { RunError } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';

/** Counts what failed in this apply and says whether a run may be tried again (DESIGN 8). */
export class Retries {
  readonly #failures = new Map<RunId, RunError[]>();

  constructor(private readonly allowed: number) {}

  /** Counts from 1 how often the run has failed so far. */
  count(run: RunId): number {
    return this.#failures.get(run)?.length ?? 0;
  }

  /** `retry` up to the allowed number; the same failure twice on the same input ends it. */
  after(run: RunId, error: RunError): 'retry' | 'final' {
    const failures = this.#failures.get(run) ?? [];
    const seen = failures.some(
      ({ code, message, node }) =>
        code === error.code && message === error.message && node === error.node,
    );
    failures.push(error);
    this.#failures.set(run, failures);
    const curable = error.class === 'task' || error.class === 'transient';
    return curable && !seen && failures.length <= this.allowed ? 'retry' : 'final';
  }
}
