import type { JournalEvent, LiveEvent } from '../journal/event.js';
import type { RunRecord } from '../journal/state.js';
import type { RunId } from '../values/ids.js';
import type { Durations } from './durations.js';
import { coinsOf, ranMs, watchedMs } from './durations.js';
import type { Forecast } from './forecast.js';
import { forecast } from './forecast.js';
import type { Mix } from './mix.js';

/**
 * The forecast of a batch under way, from its events: the one estimator that the plan, the
 * terminal and the order of the last runs rest on. It holds what is in flight and counts of what
 * waits, whatever the size of the batch.
 */
export class Outlook {
  readonly #flying = new Set<RunId>();
  readonly #running = new Set<RunId>();
  readonly #flyingLevel: Level;
  readonly #runningLevel: Level;
  #made: { readonly at: number; readonly forecast: Forecast | null } | null = null;

  constructor(
    private readonly known: Durations,
    private readonly waiting: Mix,
    private readonly recordOf: (run: RunId) => RunRecord | undefined,
    now: number,
  ) {
    this.#flyingLevel = new Level(now);
    this.#runningLevel = new Level(now);
  }

  /** To be told after the event is part of the state that `recordOf` reads. */
  on(event: JournalEvent | LiveEvent, now: number): void {
    switch (event.type) {
      case 'intent':
        this.#wait(event.run, -1);
        return;
      case 'refused':
        if (event.then !== 'final') this.#wait(event.run, 1);
        return;
      case 'resolved':
        // Without a task, or paid again knowingly: another intent follows.
        if (event.how.is === 'noTask' || event.how.is === 'resubmit') this.#wait(event.run, 1);
        return;
      case 'blocked':
        this.#wait(event.run, -1);
        return;
      case 'accepted':
      case 'adopted':
        this.#flying.add(event.run);
        if (this.#ageOf(event.run, now) !== null) this.#running.add(event.run);
        break;
      case 'observed':
        this.#running.add(event.run);
        break;
      case 'settled':
        this.#settled(event);
        break;
      case 'base':
      case 'batch':
      case 'end':
      case 'judged':
      case 'lost':
      case 'notice':
      case 'phase':
      case 'planned':
      case 'progress':
      case 'saved':
      case 'slots':
      case 'uploaded':
      case 'uploadFailed':
      case 'uploading':
      case 'waiting':
      case 'waits':
        return;
    }
    const memoryMs = remembered * (this.known.typical(undefined)?.ms ?? Number.POSITIVE_INFINITY);
    this.#runningLevel.set(this.#running.size, now, memoryMs);
    this.#flyingLevel.set(this.#flying.size, now, memoryMs);
  }

  /** How long a run with these values will take; null: nothing sets it apart from the others. */
  expectedMs(values: ReadonlyMap<string, string>): number | null {
    return this.known.expected(values);
  }

  /** null: no task like these was ever seen to end. */
  forecast(now: number): Forecast | null {
    // Asked at every frame of a screen.
    if (this.#made === null || Math.abs(now - this.#made.at) >= freshMs)
      this.#made = { at: now, forecast: this.#forecast(now) };
    return this.#made.forecast;
  }

  #forecast(now: number): Forecast | null {
    const typical = this.known.typical(undefined);
    if (typical === null) return null;
    // Where the service does not tell what runs, all that it took does.
    const memoryMs = remembered * typical.ms;
    const running = this.#runningLevel.mean(now, memoryMs);
    const slots = running > 0 ? running : this.#flyingLevel.mean(now, memoryMs);
    const flying = [...this.#flying].map((run) => ({
      ageMs: this.#ageOf(run, now) ?? 0,
      value: this.#valueOf(run),
    }));
    return forecast(this.known, this.waiting, flying, slots);
  }

  #settled({ run, outcome }: Extract<JournalEvent, { type: 'settled' }>): void {
    this.#flying.delete(run);
    this.#running.delete(run);
    const record = this.recordOf(run);
    const attempt = record?.attempts.at(-1);
    if (record === undefined || attempt === undefined) return;
    const ms = outcome.is === 'succeeded' ? ranMs(attempt) : null;
    if (ms !== null) {
      this.known.learn(Object.entries(record.inputs.values), ms, coinsOf(attempt));
      // It ran before it was seen to, or had long ended when it was found.
      this.#runningLevel.add(ms - watchedMs(attempt));
    }
    if (outcome.is === 'failed' && outcome.then !== 'final') this.#wait(run, 1);
  }

  #wait(run: RunId, by: 1 | -1): void {
    this.waiting.add(() => Object.entries(this.recordOf(run)?.inputs.values ?? {}), by);
  }

  #valueOf(run: RunId): string | undefined {
    const { axis } = this.known;
    return axis === null ? undefined : this.recordOf(run)?.inputs.values[axis];
  }

  /** null: not seen to run. */
  #ageOf(run: RunId, now: number): number | null {
    const state = this.recordOf(run)?.state;
    if (state?.is !== 'inFlight' || state.runningSince === null) return null;
    return now - state.runningSince;
  }
}

const freshMs = 1_000;
/** For so many run times it is remembered how many tasks ran side by side. */
const remembered = 3;

/** A number that changes, and its mean over the recent past. */
class Level {
  #value = 0;
  #area = 0;
  #time = 0;

  constructor(private since: number) {}

  set(value: number, now: number, memoryMs: number): void {
    this.#advance(now, memoryMs);
    this.#value = value;
  }

  /** It was higher by one for so long, or lower, than it was set to. */
  add(ms: number): void {
    this.#area = Math.max(0, this.#area + ms);
  }

  /** What is `memoryMs` in the past counts by a third. */
  mean(now: number, memoryMs: number): number {
    this.#advance(now, memoryMs);
    return this.#time === 0 ? this.#value : this.#area / this.#time;
  }

  #advance(now: number, memoryMs: number): void {
    const passed = Math.max(0, now - this.since);
    this.since = Math.max(this.since, now);
    const kept = Math.exp(-passed / memoryMs);
    this.#area = this.#area * kept + this.#value * passed;
    this.#time = this.#time * kept + passed;
  }
}
