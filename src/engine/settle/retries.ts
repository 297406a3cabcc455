import type { RunError } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';

/** Counts the failures of each run in this apply and decides whether it is tried again (DESIGN 8). */
export class Retries {
  readonly #failures = new Map<RunId, RunError[]>();
  readonly #reuploaded = new Set<RunId>();
  readonly #forgotten = new Map<RunId, number>();

  constructor(private readonly allowed: number) {}

  /** How often the run has failed so far. */
  count(run: RunId): number {
    return this.#failures.get(run)?.length ?? 0;
  }

  /** `retry` up to the allowed number; the same failure twice on the same input is final. */
  after(run: RunId, error: RunError): 'retry' | 'final' {
    const failures = this.#failures.get(run) ?? [];
    const seen = failures.some(
      ({ code, message, node }) =>
        code === error.code && message === error.message && node === error.node,
    );
    failures.push(error);
    this.#failures.set(run, failures);
    const mayPass = error.class === 'task' || error.class === 'transient';
    return mayPass && !seen && failures.length <= this.allowed ? 'retry' : 'final';
  }

  /** The service forgot a task of this run. @returns how often so far. */
  forgotten(run: RunId): number {
    const times = (this.#forgotten.get(run) ?? 0) + 1;
    this.#forgotten.set(run, times);
    return times;
  }

  /** Whether the run's uploads may be made again without counting a try: once per run. */
  mayUploadAgain(run: RunId): boolean {
    if (this.#reuploaded.has(run)) return false;
    this.#reuploaded.add(run);
    return true;
  }
}
