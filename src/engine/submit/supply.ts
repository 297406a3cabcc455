import type { Asset } from '../../assets/asset.js';
import type { RunError } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';
import type { PlannedRun } from '../../plan/plan.js';
import { assetsOf } from '../../plan/plan.js';
import type { EngineEdges } from '../edges.js';
import { errorOf } from '../errors.js';

/** A run whose assets are on the service. */
export interface ReadyRun {
  readonly run: PlannedRun;
  /** sha256 → the name that the service gave. */
  readonly fileNames: ReadonlyMap<string, string>;
  /** Those of them that came from the ledger rather than from an upload of this apply. */
  readonly reused: ReadonlyMap<string, string>;
}

type Entry =
  | { readonly is: 'preparing' }
  | { readonly is: 'ready'; readonly ready: ReadyRun }
  | { readonly is: 'blocked' };

/**
 * The queue of runs to submit: pulled lazily from the plan, with the assets of the next few
 * uploaded ahead, so that a freed slot finds a run that is ready. Runs that were put back
 * (no room) come first; runs to be tried again come back at their time.
 */
export class Supply {
  readonly #window: { run: PlannedRun; entry: Entry }[] = [];
  readonly #putBack: ReadyRun[] = [];
  readonly #later: { at: number; run: PlannedRun }[] = [];
  readonly #forgiven = new Set<RunId>();
  readonly #source: AsyncIterator<PlannedRun>;
  #pulling: Promise<void> | null = null;
  #drained = false;
  #closed = false;

  constructor(
    source: AsyncIterable<PlannedRun>,
    private readonly assets: ReadonlyMap<string, Asset>,
    private readonly edges: Pick<EngineEdges, 'uploads' | 'show'>,
    private readonly options: {
      /** How many runs are prepared ahead. */
      readonly lookAhead: () => number;
      /** How long a run will take; null: not known, or the order is the manifest's. */
      readonly expectedMs: (run: PlannedRun) => number | null;
      readonly signal: AbortSignal;
      readonly changed: () => void;
      readonly blocked: (run: PlannedRun, error: RunError) => void;
      readonly failed: (cause: unknown) => void;
    },
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next run that can be submitted now; undefined when none is ready. */
  take(now: number): ReadyRun | undefined {
    const back = this.#putBack.shift();
    if (back !== undefined) return back;
    this.#admitDue(now);
    const at = this.#drained
      ? this.#longest()
      : this.#window.findIndex(({ entry }) => entry.is === 'ready');
    this.#fill();
    if (at === -1) return undefined;
    const [taken] = this.#window.splice(at, 1);
    return taken?.entry.is === 'ready' ? taken.entry.ready : undefined;
  }

  /**
   * Where the end of the batch is in sight, the longest first: what starts last should not be
   * what takes longest. Of equals, and where nothing is known, the first.
   */
  #longest(): number {
    let best = -1;
    let most = -1;
    for (const [at, { run, entry }] of this.#window.entries()) {
      if (entry.is !== 'ready') continue;
      const ms = this.options.expectedMs(run) ?? 0;
      if (ms > most) [best, most] = [at, ms];
    }
    return best;
  }

  /** To the head of the queue: nothing happened to it. */
  putBack(ready: ReadyRun): void {
    this.#putBack.push(ready);
  }

  /** Not before `at`; its assets are made sure of again. */
  tryLater(run: PlannedRun, at: number): void {
    this.#later.push({ at, run });
  }

  /**
   * Whether a failure names an upload of an earlier apply: the service has lost it. It is
   * forgotten and made again, once per run and without counting a try.
   */
  forgetStale(run: RunId, reused: ReadonlyMap<string, string>, message: string): boolean {
    const stale = [...reused].filter(([, name]) => message.includes(name));
    if (stale.length === 0 || this.#forgiven.has(run)) return false;
    this.#forgiven.add(run);
    for (const [sha256] of stale) this.edges.uploads.forget(sha256);
    return true;
  }

  /** When a delayed run becomes due; null when none waits. */
  get nextAt(): number | null {
    return this.#later.length === 0 ? null : Math.min(...this.#later.map(({ at }) => at));
  }

  /** Nothing is left, now or later. */
  get exhausted(): boolean {
    return (
      this.#drained &&
      this.#window.length === 0 &&
      this.#putBack.length === 0 &&
      this.#later.length === 0
    );
  }

  /** Nothing more is pulled or prepared. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pulling;
    await this.#source.return?.();
  }

  #admitDue(now: number): void {
    for (let at = this.#later.length - 1; at >= 0; at -= 1) {
      const waiting = this.#later[at];
      if (waiting === undefined || waiting.at > now) continue;
      this.#later.splice(at, 1);
      this.#prepare(waiting.run, true);
    }
  }

  #fill(): void {
    if (this.#pulling !== null || this.#drained || this.#closed) return;
    if (this.#window.length >= this.options.lookAhead()) return;
    this.#pulling = this.#pull()
      .catch((cause: unknown) => {
        this.#drained = true;
        this.options.failed(cause);
      })
      .finally(() => {
        this.#pulling = null;
        this.options.changed();
      });
  }

  async #pull(): Promise<void> {
    while (!this.#closed && this.#window.length < this.options.lookAhead()) {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#drained = true;
        return;
      }
      this.#prepare(next.value, false);
    }
  }

  #prepare(run: PlannedRun, first: boolean): void {
    const needed = run.overrides.flatMap(({ value }) => assetsOf(value));
    const slot: { run: PlannedRun; entry: Entry } = { run, entry: { is: 'preparing' } };
    if (first) this.#window.unshift(slot);
    else this.#window.push(slot);
    if (needed.length === 0) {
      slot.entry = { is: 'ready', ready: { run, fileNames: new Map(), reused: new Map() } };
      this.options.changed();
      return;
    }
    void this.#upload(run, needed).then((entry) => {
      slot.entry = entry;
      if (entry.is === 'blocked') {
        const at = this.#window.indexOf(slot);
        if (at !== -1) this.#window.splice(at, 1);
      }
      this.options.changed();
    });
  }

  async #upload(run: PlannedRun, needed: readonly string[]): Promise<Entry> {
    const fileNames = new Map<string, string>();
    const reused = new Map<string, string>();
    const answers = await Promise.all(
      [...new Set(needed)].map(async (sha256) => {
        const asset = this.assets.get(sha256);
        if (asset === undefined) throw new Error(`asset ${sha256} is not in the plan`);
        return { sha256, answer: await this.edges.uploads.ensure(asset, this.options.signal) };
      }),
    );
    for (const { sha256, answer } of answers) {
      if (!answer.ok) {
        if (!this.options.signal.aborted) this.options.blocked(run, errorOf(answer.error));
        return { is: 'blocked' };
      }
      fileNames.set(sha256, answer.fileName);
      if (answer.reused) reused.set(sha256, answer.fileName);
    }
    return { is: 'ready', ready: { run, fileNames, reused } };
  }
}
