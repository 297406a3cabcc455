import { join } from 'node:path';
import type { Io } from '../../edges/io.js';
import { writeAtomically } from '../../edges/files/atomic.js';
import { machineText } from '../../edges/machine.js';
import { cleanedChunks } from '../../edges/secrets/secret-stream.js';
import type { Recorded } from '../../journal/event.js';
import type { Store } from '../../journal/store.js';
import type { Plan } from '../../plan/plan.js';
import type { HtmlOptions } from '../../report/html/page.js';
import { reportHtml } from '../../report/html/page.js';
import { thumbnailsIn } from '../../thumbnails/folder.js';
import type { ThumbnailMaker } from '../../thumbnails/maker.js';
import type { RunId } from '../../values/ids.js';
import type { Project } from '../load/project.js';
import type { Listener } from '../apply/follower.js';
import { marksBeside } from '../picks/page-marks.js';
import { outputReader } from '../reports/output-reader.js';
import { thumbnailMaker } from '../reports/thumbnails.js';
import { LiveRuns } from './live-runs.js';
import { doingOf, nowOf, Progress } from './progress.js';
import { runOf } from './run-of.js';

interface DuringParts {
  readonly io: Io;
  readonly project: Project;
  readonly plan: Plan;
  readonly store: Store;
  /** What the user types to apply the batch again. */
  readonly command: string;
}

/** At most so often, and so that writing takes at most a twentieth of the time. */
const leastMs = 5_000;
const timesOfWrite = 20;
/** The page of more runs is written at the end alone: making it would hold up the batch. */
const mostRuns = 20_000;

/** So many thumbnails are waited for at the end; `report` and `view` make the others. */
const mostAtEnd = 20;

/**
 * Writes report.html while an apply is at work, of the whole batch, where something changed since
 * the last time, and makes thumbnails of its pictures. It is a courtesy: whatever goes wrong with it, the apply goes on.
 */
export class PageDuring {
  readonly #ending = new AbortController();
  readonly #changed = new Set<RunId>();
  readonly #thumbnails: ThumbnailMaker;
  #progress: Progress | null = null;
  #runs: LiveRuns | null = null;
  #writing: Promise<void> | null = null;
  #waitMs = leastMs;
  #isTold = false;

  constructor(private readonly parts: DuringParts) {
    const { io, project, store } = parts;
    this.#thumbnails = thumbnailMaker(project.outputsDir, io);
    store.onEvent((event) => this.#on(event));
  }

  /** A listener that lets the page know, too, what no journal holds. */
  told(listener: Listener): Listener {
    return {
      on: (event) => {
        listener.on(event);
        if (!('seq' in event)) this.#progress?.onLive(event);
      },
      stop: () => listener.stop(),
    };
  }

  #on(event: Recorded): void {
    const { store, io, plan } = this.parts;
    if (event.type === 'saved') this.#thumbnails.add(event.files);
    if (plan.summary.planned > mostRuns) return;
    if (event.type === 'batch')
      this.#progress = new Progress(event, (run) => store.state.runs.get(run), io.clock);
    this.#progress?.on(event);
    const run = runOf(event);
    if (run !== null) this.#changed.add(run);
    // Of an apply that has not begun, the page of the one before still stands.
    if (this.#progress !== null && this.#changed.size > 0) this.#writing ??= this.#writeWhileNew();
  }

  /** Nothing is written any more once it resolves. `hurried`: a person waits for the end. */
  async stop(hurried: boolean): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#thumbnails.finish(hurried ? 0 : mostAtEnd);
    await this.#thumbnails.stop();
  }

  #isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Sleeps only while there is something to write. */
  async #writeWhileNew(): Promise<void> {
    const { io } = this.parts;
    const { signal } = this.#ending;
    const { clock } = io;
    const time = clock.monotonic ?? clock.now;
    while (this.#changed.size > 0) {
      await clock.sleep(this.#waitMs, signal);
      if (this.#isOver()) return;
      const from = time();
      await this.#write(signal).catch((cause: unknown) => this.#tell(cause));
      if (this.#isOver()) return;
      this.#waitMs = Math.max(leastMs, timesOfWrite * (time() - from));
    }
    this.#writing = null;
  }

  #tell(cause: unknown): void {
    if (this.#isOver() || this.#isTold) return;
    this.#isTold = true;
    const { err } = this.parts.io;
    err.write(`notice: report.html cannot be written meanwhile: ${machineText(cause)}\n`);
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { io, project, plan, store } = this.parts;
    // What another process took over is for it to write.
    if ((await store.stillHeld()).is === 'taken') return;
    const changed = [...this.#changed];
    this.#changed.clear();
    if (this.#runs === null) this.#runs = await LiveRuns.of(plan, store.state, project.emulated);
    else this.#runs.update(store.state, changed);
    const { outputsDir } = project;
    const html = await this.#html();
    if (signal.aborted) return;
    const text = reportHtml(this.#runs.report(store.state), html);
    const chunks = cleanedChunks(text, (piece) => io.clean(piece));
    // Not synced: it must not hold up the journal, and at the end it is written anew.
    await writeAtomically(join(outputsDir, 'report.html'), until(signal, chunks), { sync: false });
  }

  async #html(): Promise<HtmlOptions> {
    const { io, project, store, command } = this.parts;
    const { outputsDir } = project;
    return {
      command,
      marks: await marksBeside(outputsDir),
      thumbnails: await thumbnailsIn(outputsDir),
      read: outputReader(outputsDir, [outputsDir]),
      doing: ({ id }) => doingOf(store.state.runs.get(id), this.#progress),
      during: {
        at: Math.floor(io.clock.now()),
        now: nowOf(store.state, true, this.#progress, command),
      },
    };
  }
}

/** Ends with an error where nobody waits for the rest any more. */
function* until(signal: AbortSignal, chunks: Iterable<string>): Iterable<string> {
  for (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
