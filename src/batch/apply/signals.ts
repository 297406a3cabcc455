import { exit } from '../exit.js';
import type { Io, StopSignal } from '../../edges/io.js';

export interface Signals {
  /** Aborted by the first signal. */
  readonly interrupted: AbortSignal;
  /** The exit code that the signal asks for; null: there was none. */
  readonly code: () => number | null;
  stop(): void;
}

/** First signal: an orderly stop. Second: at once. */
export const watchSignals = (io: Io): Signals => {
  const controller = new AbortController();
  let first: StopSignal | null = null;
  const codeOf = (signal: StopSignal): number => (signal === 'SIGINT' ? exit.sigint : exit.sigterm);
  const stop = io.onStop((signal) => {
    if (first !== null) {
      io.exitNow(codeOf(signal));
      return;
    }
    first = signal;
    io.err.write('\nstopping: nothing more is submitted; once more to end at once\n');
    controller.abort();
  });
  return {
    interrupted: controller.signal,
    code: () => (first === null ? null : codeOf(first)),
    stop,
  };
};
