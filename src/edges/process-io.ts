import { systemClock } from './clock.js';
import { shownText } from './outlet.js';
import { redactor, secretsDigest } from './secrets/secret.js';
import { StreamRedactor } from './secrets/secret-stream.js';
import type { Io, Sink, StopSignal } from './io.js';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The real process. Every byte it prints passes through one redaction. */
export const processIo = (): Io => {
  const secrets = new Set<string>();
  let clean = redactor([]);
  const streams: StreamRedactor[] = [];
  const protect = (secret: string): void => {
    if (secret === '' || secrets.has(secret)) return;
    secrets.add(secret);
    clean = redactor([...secrets]);
    for (const stream of streams) stream.protect([...secrets]);
  };
  const { RUNNINGHUB_API_KEY: key } = process.env;
  if (key !== undefined) protect(key.trim());
  const sink = (stream: NodeJS.WriteStream): Sink => {
    let open = true;
    const redaction = new StreamRedactor();
    redaction.protect([...secrets]);
    streams.push(redaction);
    // A reader that went away (`| head`) must not end a paid batch: it goes on without that sink.
    stream.on('error', () => {
      open = false;
    });
    return {
      write: (text) => {
        if (open) stream.write(shownText(redaction.clean(text)));
      },
      isTTY: stream.isTTY,
      columns: () => (stream.isTTY ? stream.columns : null),
      rows: () => (stream.isTTY ? stream.rows : null),
      onResize: (handler) => {
        stream.on('resize', handler);
        return () => stream.off('resize', handler);
      },
    };
  };
  return {
    out: sink(process.stdout),
    err: sink(process.stderr),
    in: () => process.stdin,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    protect,
    clean: (text) => clean(text),
    cleaning: () => secretsDigest(secrets),
    exitNow: (code) => process.exit(code),
    onStop: (handler) => {
      for (const signal of stopSignals) process.on(signal, handler);
      return () => {
        for (const signal of stopSignals) process.off(signal, handler);
      };
    },
  };
};
