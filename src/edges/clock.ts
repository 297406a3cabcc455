/** The one source of time. Milliseconds since the epoch; tests pass a compressed or virtual one. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal is or becomes aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** The system's clock run faster, in step with an emulator of the same speed. */
export const scaledClock = (speed: number): Clock => {
  if (speed === 1) return systemClock;
  const startedAt = Date.now();
  return {
    now: () => Math.round(startedAt + (Date.now() - startedAt) * speed),
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
};
