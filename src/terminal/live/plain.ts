import type { JournalEvent, LiveEvent } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';
import { fit, grouped, oneLine } from '../format.js';
import type { Progress, ProgressOptions } from './progress.js';
import { harmless } from './progress.js';
import type { Change } from './tally.js';
import { Tally } from './tally.js';
import { basisText, changeText, coinsText, countsText, leftText } from '../words.js';

/** For logs and pipes: one line per change, a heartbeat, nothing that moves a cursor. */
export const plainProgress = (
  options: ProgressOptions & { readonly heartbeatMs?: number },
): Progress => {
  const { clock, total, nameOf, heartbeatMs = 30_000 } = options;
  const write = harmless(options.write);
  const tally = new Tally();
  const startedAt = clock.now();
  const stopped = new AbortController();
  const name = (run: RunId): string => oneLine(nameOf(run) ?? run);

  const line = (word: string, text: string): void => {
    write(`${elapsed(clock.now() - startedAt)}  ${fit(word, 9)}  ${text}\n`);
  };
  const on = (event: JournalEvent | LiveEvent): void => {
    if (stopped.signal.aborted) return;
    const change = tally.on(event, clock.now());
    if (change === null) return;
    const said = changeText(change, name);
    if (said === null) return;
    const place = ends.has(change.is) ? ` · ${progressOf(tally, total())}` : '';
    line(said[0], said[1] + place);
  };
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(heartbeatMs, stopped.signal);
      if (stopped.signal.aborted) return;
      const forecast = options.forecast?.() ?? null;
      const parts = [
        countsText(tally, total()),
        coinsText(tally, forecast),
        leftText(forecast),
        basisText(forecast),
      ];
      line('…', parts.filter(isText).join(' · '));
    }
  };
  const beating = beat();
  return {
    on,
    stop: async () => {
      stopped.abort();
      await beating;
    },
  };
};

/** Changes after which a run is through. */
const ends: ReadonlySet<Change['is']> = new Set([
  'done',
  'failed',
  'blocked',
  'cancelled',
  'unknown',
]);

/** `   1:20`, `1:02:03` */
const elapsed = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
  return (hours > 0 ? `${hours}:${rest}` : rest).padStart(7);
};

/** `3/12` */
const progressOf = (tally: Tally, total: number | null): string =>
  total === null ? grouped(tally.settled) : `${grouped(tally.settled)}/${grouped(total)}`;

const isText = (part: string | null): part is string => part !== null;
