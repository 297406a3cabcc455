import type { JournalEvent, LiveEvent } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';
import type { Paint, Style } from '../colour.js';
import { clip, oneLine } from '../format.js';
import type { LiveView } from './live.js';
import { factRows, flightRows } from './live.js';
import { startPhases } from './phases.js';
import type { Progress, ProgressOptions } from './progress.js';
import { harmless } from './progress.js';
import { rowOf } from './row.js';
import { Screen } from './screen.js';
import type { Change } from './tally.js';
import { Tally } from './tally.js';
import { needText, reasonOf } from '../words.js';
import { whoCancelled } from '../../journal/cancelled.js';

export interface TtyOptions extends ProgressOptions {
  /** Asked at every draw, so that a resize is followed; null: 80. */
  readonly columns: () => number | null;
  /** Height; null: 24. */
  readonly rows?: () => number | null;
  readonly paint: Paint;
}

/** How often the view is drawn anew at most: quick enough for a spinner, calm for the eye. */
const frameMs = 125;

/** For people: phases, a bar, the runs in flight; failures scroll by as they come. */
export const ttyProgress = (options: TtyOptions): Progress => {
  const { clock, total, nameOf, paint } = options;
  const tally = new Tally();
  const startedAt = clock.now();
  const stopped = new AbortController();
  const width = (): number => Math.max(1, (options.columns() ?? 80) - 1);
  const screen = new Screen(harmless(options.write), () => options.columns() ?? 80);
  const name = (run: RunId): string => oneLine(nameOf(run) ?? run);
  // The reason matters more than the end of a long name.
  const shortName = (run: RunId): string => clip(name(run), Math.max(16, Math.floor(width() / 3)));
  const phases = startPhases({
    failed: (phase) => phase === 'run' && tally.troubled > 0,
    paint,
    width,
  });
  const above: string[] = [];
  let unfinished = '';
  const drawn = (ended: boolean): void => {
    const view: LiveView = {
      tally,
      total: total(),
      forecast: options.forecast?.() ?? null,
      now: clock.now(),
      startedAt,
      nameOf: name,
      ended,
    };
    const row = { width: width(), paint };
    const lines = phases.lines({
      // The cursor stands on a line of its own.
      height: ended ? Infinity : (options.rows?.() ?? 24) - 1,
      facts: phases.hasBegun('run') ? factRows(view, row) : [],
      live: (room) => flightRows(view, row, room),
    });
    screen.draw(lines, above.splice(0));
  };
  // A picture that cannot be drawn must not end a paid batch.
  const draw = (ended: boolean): void => {
    try {
      drawn(ended);
    } catch {
      above.length = 0;
    }
  };
  const tick = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      draw(false);
      await clock.sleep(frameMs, stopped.signal);
    }
  };
  const ticking = tick();
  return {
    on: (event: JournalEvent | LiveEvent) => {
      if (stopped.signal.aborted) return;
      const change = tally.on(event, clock.now());
      if (change === null) return;
      if (change.is === 'phase') phases.begin(change.phase, oneLine(change.detail));
      const said = sayAbove(change, shortName);
      if (said === null) return;
      const [style, mark, text] = said;
      above.push(rowOf([[style, mark], ' ', clip(text, 400)], width(), paint));
    },
    print: (text) => {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      above.push(...lines);
      if (lines.length > 0) draw(false);
    },
    stop: async () => {
      stopped.abort();
      await ticking;
      await phases.end();
      if (unfinished !== '') above.push(unfinished);
      draw(true);
    },
  };
};

/** What stays in the scrollback: trouble, in one line each. */
const sayAbove = (
  change: Change,
  name: (run: RunId) => string,
): readonly [Style, string, string] | null => {
  switch (change.is) {
    case 'failed':
    case 'blocked':
      return ['error', '✖', `${name(change.run)}  ${reasonOf(change.error)}`];
    case 'retry':
      return ['warning', '↻', `${name(change.run)}  ${reasonOf(change.error)}; it is tried again`];
    case 'cancelled':
      return ['warning', '⊘', `${name(change.run)}  cancelled by ${whoCancelled(change.by)}`];
    case 'unknown':
      return ['warning', '?', `${name(change.run)}  ${oneLine(change.why)}`];
    case 'uploadFailed':
      return ['error', '✖', `${reasonOf(change.error)}; ${needText(change.runs)}`];
    case 'notice':
      return ['notice', '·', oneLine(change.message)];
    // The summary tells why it stopped, right below.
    case 'end':
    case 'phase':
    case 'submitted':
    case 'adopted':
    case 'running':
    case 'done':
    case 'uploaded':
    case 'waiting':
      return null;
  }
};
