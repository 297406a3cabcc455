/** What a transfer may come to before it is broken off; it is gone on with where it broke. */
export interface TransferLimits {
  /** Of one file: no output of the service comes near it. */
  readonly bytes: number;
  /** In each window at least so many bytes arrive. */
  readonly windowMs: number;
  readonly windowBytes: number;
  /** Of one connection. */
  readonly ms: number;
}

/** Real time, as for every other limit of the network. `readMs`: how long nothing may arrive. */
export const transferLimits = (readMs: number): TransferLimits => ({
  bytes: 32 * 1024 ** 3,
  windowMs: 2 * readMs,
  // 1 kB a second.
  windowBytes: 2 * readMs,
  ms: 3_600_000,
});

/**
 * A body that ends: one that goes on without end, beyond what was announced, or in drops only,
 * fails. `offset`: where in the file it begins.
 */
export async function* ending(
  body: AsyncIterable<Uint8Array>,
  { offset, totalBytes }: { readonly offset: number; readonly totalBytes: number | null },
  limits: TransferLimits,
  now: () => number,
): AsyncGenerator<Uint8Array> {
  const began = now();
  let at = offset;
  let window = { since: began, bytes: 0 };
  for await (const chunk of body) {
    at += chunk.length;
    window.bytes += chunk.length;
    if (totalBytes !== null && at > totalBytes)
      throw new Error(`more than the ${totalBytes} bytes that were announced`);
    if (at > limits.bytes) throw new Error(`more than ${limits.bytes / 1024 ** 3} GiB`);
    const time = now();
    if (time - began > limits.ms) throw new Error(`not through after ${limits.ms / 60_000} min`);
    if (time - window.since >= limits.windowMs) {
      if (window.bytes < limits.windowBytes)
        throw new Error(`${window.bytes} bytes in ${Math.round((time - window.since) / 1000)} s`);
      window = { since: time, bytes: 0 };
    }
    yield chunk;
  }
}
