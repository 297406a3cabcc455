import type { Readable } from 'node:stream';
import type { Clock } from './clock.js';

/** One of the process' two outputs. Everything written is cleaned of keys first. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal; null where there is none. */
  readonly columns: () => number | null;
  /** Its height; absent: not known. */
  readonly rows?: () => number | null;
  /** Calls back when the terminal was resized, until the returned function is called. */
  readonly onResize?: (handler: () => void) => () => void;
}

/** What a person types, or another program pipes in. */
export type Input = Readable & {
  readonly isTTY?: boolean;
  /** Of a terminal: keys come as they are typed, and are not shown. */
  readonly setRawMode?: (raw: boolean) => unknown;
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The process as a command sees it; tests pass their own. */
export interface Io {
  readonly out: Sink;
  readonly err: Sink;
  /** Opened by whoever asks. Absent: nobody is there. */
  readonly in?: () => Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** From now on this text leaves no sink. */
  protect(secret: string): void;
  /** The text without any protected secret; for files. */
  clean(text: string): string;
  /**
   * Names what `clean` takes out, and tells nothing of it: equal where it does the same. Absent:
   * that is not known.
   */
  readonly cleaning?: () => string;
  /** Ends the process at once: the second signal. */
  exitNow(code: number): void;
  /** Calls back on every stop signal until the returned function is called. */
  onStop(handler: (signal: StopSignal) => void): () => void;
}

/** Until somebody, or the system, asks the process to stop. */
export const untilStopped = (io: Pick<Io, 'onStop'>): Promise<void> =>
  new Promise((resolve) => {
    const unhook = io.onStop(() => {
      unhook();
      resolve();
    });
  });
