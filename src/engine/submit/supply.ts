import type { RunError } from '../../journal/event.js';
import type { PlannedRun } from '../../plan/plan.js';
import { assetsOf } from '../../plan/plan.js';
import type { Context } from '../context.js';
import { errorOf } from '../errors.js';
import type { QueuedRun, ReadyRun } from './queue.js';

/** Runs that are prepared ahead of their submit. */
const maxAhead = 64;
const minAhead = 4;

/**
 * Fills the queue from the plan. It pulls a few runs at a time and uploads their assets ahead, so
 * that a run is ready when a slot becomes free.
 */
export class Supply {
  readonly #source: AsyncIterator<PlannedRun>;
  #pulling: Promise<void> | null = null;
  #closed = false;
  readonly #refused = new Set<string>();

  constructor(
    private readonly context: Context,
    source: AsyncIterable<PlannedRun>,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next run that can be submitted now; undefined when none is ready. */
  take(now: number): ReadyRun | undefined {
    const { queue, options, plan } = this.context;
    const back = queue.takePutBack();
    if (back !== undefined) return back;
    for (const run of queue.takeDue(now)) this.#prepare(run, 'first');
    const byPlan = !queue.drained || plan.manifest.execution.order !== 'auto';
    const taken = byPlan ? queue.firstReady() : queue.longestReady(options.expectedMs);
    this.#fill();
    if (taken === undefined) return undefined;
    queue.remove(taken);
    return taken.ready ?? undefined;
  }

  /** Nothing more is pulled or prepared. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pulling;
    await this.#source.return?.();
  }

  get #wantsMore(): boolean {
    const { queue, slots } = this.context;
    const ahead = Math.min(maxAhead, minAhead + 2 * slots.limit);
    return !this.#closed && queue.size < ahead;
  }

  #fill(): void {
    const { context } = this;
    if (this.#pulling !== null || context.queue.drained || !this.#wantsMore) return;
    this.#pulling = this.#pull()
      .catch((cause: unknown) => {
        context.queue.drained = true;
        context.broken(cause);
      })
      .finally(() => {
        this.#pulling = null;
        context.changed.notify();
      });
  }

  async #pull(): Promise<void> {
    while (this.#wantsMore) {
      const next = await this.#source.next();
      if (next.done === true) {
        this.context.queue.drained = true;
        return;
      }
      this.#prepare(next.value, 'last');
    }
  }

  #prepare(run: PlannedRun, place: 'first' | 'last'): void {
    const { queue, changed } = this.context;
    const needed = run.overrides.flatMap(({ value }) => assetsOf(value));
    const queued: QueuedRun = { run, ready: null };
    if (place === 'first') queue.addFirst(queued);
    else queue.addLast(queued);
    if (needed.length === 0) {
      queued.ready = { run, fileNames: new Map(), reused: new Map() };
      changed.notify();
      return;
    }
    void this.#upload(run, needed).then((ready) => {
      queued.ready = ready;
      if (ready === null) queue.remove(queued);
      changed.notify();
    });
  }

  /** @returns null when an asset could not be uploaded: the run is blocked. */
  async #upload(run: PlannedRun, needed: readonly string[]): Promise<ReadyRun | null> {
    const { plan, edges, stopReads, blocked } = this.context;
    const { signal } = stopReads;
    const fileNames = new Map<string, string>();
    const reused = new Map<string, string>();
    const answers = await Promise.all(
      [...new Set(needed)].map(async (sha256) => {
        const asset = plan.assets.get(sha256);
        if (asset === undefined) throw new Error(`asset ${sha256} is not in the plan`);
        return { sha256, answer: await edges.uploads.ensure(asset, signal) };
      }),
    );
    for (const { sha256, answer } of answers) {
      if (!answer.ok) {
        if (signal.aborted) return null;
        const error = errorOf(answer.error);
        this.#tellAsset(sha256, error);
        blocked.set(run.id, error);
        edges.show({ type: 'blocked', run: run.id, error });
        return null;
      }
      fileNames.set(sha256, answer.fileName);
      if (answer.reused) reused.set(sha256, answer.fileName);
    }
    return { run, fileNames, reused };
  }

  /** An asset that was refused is told once, and not with each run that needs it. */
  #tellAsset(sha256: string, error: RunError): void {
    if (this.#refused.has(sha256)) return;
    this.#refused.add(sha256);
    const { plan, edges } = this.context;
    const runs = plan.uploads.find((upload) => upload.sha256 === sha256)?.usedBy ?? 1;
    edges.show({ type: 'uploadFailed', sha256, error, runs });
  }
}
