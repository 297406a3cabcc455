import type { Io, Sink } from '../edges/io.js';
import { systemClock } from '../edges/clock.js';
import { redactor, secretsDigest } from '../edges/secrets/secret.js';
import { StreamRedactor } from '../edges/secrets/secret-stream.js';
import type { ApplyOptions } from './options.js';

/** The process as the API's commands see it: nothing is printed, and nothing ends it. */
export const quietIo = (options: ApplyOptions, say: (text: string) => void): Io => {
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
