import type { Io, Sink } from '../edges/io.js';
import type { Clock } from '../edges/clock.js';
import { systemClock } from '../edges/clock.js';
import { redactor, secretsDigest } from '../edges/secrets/secret.js';
import { StreamRedactor } from '../edges/secrets/secret-stream.js';

/** What the library takes for that of its process. */
export interface ProcessOptions {
  /** Where relative paths start; default: the process' working directory. */
  readonly cwd?: string | undefined;
  /** RUNNINGHUB_API_KEY, RUNNINGHUB_BASE_URL, and what templates may read; default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** In place of the machine's: for tests of programs that call this one. */
  readonly clock?: Clock | undefined;
  /** Aborted: nothing more is submitted, what is known is written, and the result says 130. */
  readonly signal?: AbortSignal | undefined;
}

/** The process as the library's use cases see it: nothing is printed, and nothing ends it. */
export const quietIo = (options: ProcessOptions, say: (text: string) => void): Io => {
  const env = options.env ?? process.env;
  const secrets = new Set<string>();
  let clean = redactor([]);
  const redaction = new StreamRedactor();
  const protect = (secret: string): void => {
    secrets.add(secret);
    clean = redactor([...secrets]);
    redaction.protect([...secrets]);
  };
  const { RUNNINGHUB_API_KEY: key } = env;
  if (key !== undefined) protect(key.trim());
  const sink = (write: (text: string) => void): Sink => ({
    write: (text) => write(redaction.clean(text)),
    isTTY: false,
    columns: () => null,
  });
  return {
    out: { write: () => undefined, isTTY: false, columns: () => null },
    err: sink(say),
    env,
    cwd: options.cwd ?? process.cwd(),
    clock: options.clock ?? systemClock,
    protect,
    clean: (text) => clean(text),
    cleaning: () => secretsDigest(secrets),
    exitNow: () => undefined,
    onStop: (handler) => {
      const { signal } = options;
      const stop = (): void => handler('SIGINT');
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop, { once: true });
      return () => signal?.removeEventListener('abort', stop);
    },
  };
};
