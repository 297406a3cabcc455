import { JournalClock } from '../../batch/view/journal-clock.js';
import type { Recorded } from '../../journal/event.js';
import type { StoreProblem } from '../../journal/store.js';
import type { Tail } from '../../journal/stores.js';
import type { RunRecord } from '../../journal/state.js';
import { Durations } from '../../forecast/durations.js';
import { Mix } from '../../forecast/mix.js';
import { Outlook } from '../../forecast/outlook.js';
import type { Progress } from '../../terminal/live/progress.js';
import { Tally } from '../../terminal/live/tally.js';
import { countsText } from '../../terminal/words.js';
import type { RunId } from '../../values/ids.js';
import type { Call } from '../argv/call.js';
import type { Io } from '../../edges/io.js';
import type { MakeProgress } from '../argv/progress.js';
import { modeFor, progressFor } from '../argv/progress.js';

const lookMs = 500;

/**
 * `status --watch`: shows what another process' apply does, as that apply itself would, from
 * its journal. Waits for the first one, then ends when nobody is at work, or is told to stop by
 * `signal`.
 */
export const watchBatch = async (
  tail: Tail,
  call: Call,
  io: Io,
  signal: AbortSignal,
): Promise<StoreProblem | null> => {
  const makeProgress = await progressFor(call, io);
  let view: View | null = null;
  let attached = false;
  let waiting = false;
  for (;;) {
    // Asked first: what was written before the lock was let go is then read for certain.
    const atWork = (await tail.holder()) !== null;
    const fresh: Recorded[] = [];
    const problem = await tail.read((event) => {
      // Only the last apply is shown: what came before it is history.
      if (event.type === 'batch') fresh.length = 0;
      fresh.push(event);
    });
    const [first] = fresh;
    const begins = first?.type === 'batch' && tail.state.endedAt === null;
    if (atWork && problem === null && begins) {
      await view?.stop();
      view = new View(first, (run) => tail.state.runs.get(run), makeProgress, call, io);
      view.catchUp(fresh, !attached);
    } else for (const event of fresh) view?.on(event);
    if (!atWork && problem === null && tail.state.beganAt === null && !signal.aborted) {
      if (!waiting && speaks(modeFor(call, io)))
        io.err.write('no apply has begun yet: waiting for one; Ctrl-C ends it\n');
      waiting = true;
      await io.clock.sleep(lookMs, signal);
      continue;
    }
    attached = true;
    if (!atWork || problem !== null || signal.aborted) {
      await view?.stop();
      return problem;
    }
    await io.clock.sleep(lookMs, signal);
  }
};

const speaks = (mode: ReturnType<typeof modeFor>): boolean => mode === 'plain' || mode === 'tty';

/** One apply, from outside. */
class View {
  readonly #tally = new Tally();
  readonly #progress: Progress;
  readonly #outlook: Outlook;
  readonly #clock: JournalClock;
  readonly #total: number | null;
  #muted = false;

  constructor(
    batch: Recorded & { readonly type: 'batch' },
    recordOf: (run: RunId) => RunRecord | undefined,
    makeProgress: MakeProgress,
    private readonly call: Call,
    private readonly io: Io,
  ) {
    this.#clock = new JournalClock(io.clock, Date.parse(batch.startedAt ?? batch.at));
    this.#total = batch.scope?.toDo ?? null;
    const err = { ...io.err, write: (text: string) => this.#write(text) };
    // From this apply alone: what it rests on is then told truly, whenever the watch began.
    this.#outlook = new Outlook(
      new Durations(),
      Mix.of(this.#total ?? 0),
      recordOf,
      this.#clock.now(),
    );
    this.#progress = makeProgress({ ...io, err }, this.#clock, {
      total: () => this.#total,
      nameOf: (run) => recordOf(run)?.inputs.name ?? null,
      forecast: () => (this.#total === null ? null : this.#outlook.forecast(this.#clock.now())),
    });
    this.#progress.on({ type: 'phase', phase: 'run', detail: '' });
  }

  /** What happened before anybody watched is not told line by line. */
  catchUp(events: readonly Recorded[], late: boolean): void {
    this.#muted = late && modeFor(this.call, this.io) === 'plain';
    for (const event of events) this.on(event);
    if (this.#muted) this.io.err.write(`so far: ${countsText(this.#tally, this.#total)}\n`);
    this.#muted = false;
  }

  on(event: Recorded): void {
    const at = Date.parse(event.at);
    this.#clock.is(at);
    this.#tally.on(event, at);
    this.#outlook.on(event, at);
    this.#progress.on(event);
  }

  stop(): Promise<void> {
    return this.#progress.stop();
  }

  #write(text: string): void {
    if (!this.#muted) this.io.err.write(text);
  }
}
