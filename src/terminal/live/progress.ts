import type { Clock } from '../../edges/clock.js';
import type { JournalEvent, LiveEvent } from '../../journal/event.js';
import type { Forecast } from '../../forecast/forecast.js';
import type { RunId } from '../../values/ids.js';

/** What an apply is doing, told as it happens. Reads events and never asks. */
export interface Progress {
  /** A recorded event or a live one. Never throws, never waits. */
  on(event: JournalEvent | LiveEvent): void;
  /**
   * What others have to say on the same stream: a live view makes room for it. Absent: they may
   * write there themselves.
   */
  readonly print?: (text: string) => void;
  /** Nothing is written after it resolves. */
  stop(): Promise<void>;
}

export interface ProgressOptions {
  /** Where it writes; redaction happens there. */
  readonly write: (text: string) => void;
  readonly clock: Clock;
  /** How many runs this apply sets out to do; null while that is not known. */
  readonly total: () => number | null;
  /** null: not known; the run's id stands in. */
  readonly nameOf: (run: RunId) => string | null;
  /** What is to come; null: nothing is known of such tasks. */
  readonly forecast?: () => Forecast | null;
}

export const noProgress: Progress = {
  on: () => undefined,
  stop: () => Promise.resolve(),
};

/** A reader that went away must not end a paid batch: after a failed write there are no more. */
export const harmless = (write: (text: string) => void): ((text: string) => void) => {
  let open = true;
  return (text) => {
    if (!open) return;
    try {
      write(text);
    } catch {
      open = false;
    }
  };
};

export type ProgressMode = 'auto' | 'tty' | 'plain' | 'json' | 'none';

/** What `auto` means here: a live view only where a person watches a terminal that can do it. */
export const chooseMode = (
  asked: ProgressMode,
  isTTY: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Exclude<ProgressMode, 'auto'> => {
  if (asked !== 'auto') return asked;
  const { CI: ci, TERM: term } = env;
  const inCi = ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';
  return isTTY && !inCi && term !== 'dumb' ? 'tty' : 'plain';
};
