import type { ServerResponse } from 'node:http';
import type { Clock } from '../../edges/clock.js';

interface Slow {
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Aborted when the emulator closes: nothing may hang longer. */
  readonly closing: AbortSignal;
}

/** Longer than any client waits. */
const hangMs = 86_400_000;

/** Until the client gives up or the emulator closes: either ends the connection. */
export const hang = async ({ response, clock }: Omit<Slow, 'closing'>): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  while (!response.closed) await clock.sleep(hangMs, gone.signal);
};

/** A body in eight pieces, behind a head that has been written; `ms` in all. */
export const drip = async (
  body: Buffer,
  ms: number,
  { response, closing, clock }: Slow,
): Promise<void> => {
  const step = Math.max(1, Math.ceil(body.length / 8));
  for (let at = 0; at < body.length; at += step) {
    response.write(body.subarray(at, at + step));
    await clock.sleep(ms / 8, closing);
  }
  response.end();
};
