import type { Clock } from '../../edges/clock.js';
import { Durations } from '../../forecast/durations.js';
import { Mix } from '../../forecast/mix.js';
import { Outlook } from '../../forecast/outlook.js';
import type { LiveEvent, Recorded } from '../../journal/event.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import type { PageNow } from '../../report/html/page-data.js';
import { Tally } from '../../terminal/live/tally.js';
import { basisText, coinsText, countsText, leftText } from '../../terminal/words.js';
import type { RunId } from '../../values/ids.js';
import { JournalClock } from './journal-clock.js';

/** How an apply goes, from its journal: the numbers that its own terminal shows. */
export class Progress {
  readonly #tally = new Tally();
  readonly #clock: JournalClock;
  readonly #outlook: Outlook;
  readonly #total: number | null;

  constructor(
    batch: Recorded & { readonly type: 'batch' },
    recordOf: (run: RunId) => RunRecord | undefined,
    clock: Clock,
  ) {
    this.#clock = new JournalClock(clock, Date.parse(batch.at));
    this.#total = batch.scope?.toDo ?? null;
    this.#outlook = new Outlook(
      new Durations(),
      Mix.of(this.#total ?? 0),
      recordOf,
      this.#clock.now(),
    );
  }

  on(event: Recorded): void {
    const at = Date.parse(event.at);
    this.#clock.is(at);
    this.#tally.on(event, at);
    this.#outlook.on(event, at);
  }

  /** What no journal holds. */
  onLive(event: LiveEvent): void {
    this.#tally.on(event, this.#clock.now());
  }

  get waitingFor(): string | null {
    return this.#tally.waitingFor;
  }

  /** `3 done · 2 running · 120 coins · about 4 min left` */
  line(): string {
    const forecast = this.#total === null ? null : this.#outlook.forecast(this.#clock.now());
    return [
      countsText(this.#tally, this.#total),
      coinsText(this.#tally, forecast),
      leftText(forecast),
      basisText(forecast),
    ]
      .filter((part) => part !== null)
      .join(' · ');
  }

  /** `KSampler 40 %`; null: it does not tell. */
  stepOf(run: RunId): string | null {
    const step = this.#tally.flights.get(run)?.step ?? null;
    if (step === null) return null;
    return step.percent === null ? step.node : `${step.node} ${Math.round(step.percent)} %`;
  }
}

/** What a run does that has no end yet; undefined: it waits for its turn. */
export const doingOf = (
  record: RunRecord | undefined,
  progress: Pick<Progress, 'stepOf'> | null,
): string | undefined => {
  if (record === undefined) return undefined;
  switch (record.state.is) {
    case 'submitting':
      return 'being submitted';
    case 'inFlight': {
      const step = progress?.stepOf(record.id) ?? null;
      if (record.state.runningSince === null && step === null) return 'queued';
      return step === null ? 'running' : `running · ${step}`;
    }
    case 'fetching':
      return 'fetching its files';
    case 'pending':
    case 'unknown':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return undefined;
  }
};

/** What stands above the runs while there is something to say. */
export const nowOf = (
  state: Pick<BatchState, 'beganAt' | 'endedAt'>,
  atWork: boolean,
  progress: Progress | null,
  command: string,
): PageNow => {
  const { beganAt, endedAt } = state;
  if (atWork && progress !== null && endedAt === null)
    return { running: true, line: progress.line(), notice: progress.waitingFor };
  if (atWork) return { running: true, line: 'An apply is being prepared.', notice: null };
  if (beganAt === null)
    return {
      running: false,
      line: '',
      notice: `No apply of this batch has begun yet; it begins with: ${command}`,
    };
  if (endedAt === null)
    return {
      running: false,
      line: '',
      notice: `The last apply was broken off; what goes on with it: ${command}`,
    };
  return { running: false, line: '', notice: null };
};
