/** The one source of time. Milliseconds since the epoch; tests pass a compressed or virtual one. */
export interface Clock {
  readonly now: () => number;
  /** ms of a clock that nobody sets, where there is one: tells whether `now` was set back. */
  readonly monotonic?: () => number;
  /** Resolves after `ms`, or at once when the signal is or becomes aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
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

/** A clock that runs faster, in step with an emulator of the same speed. */
export interface EmulatedClock extends Clock {
  /** Emulated days are longer than real ones: the next apply goes on where the last one ended. */
  notBefore(instant: number): void;
}

export const emulatedClock = (speed: number): EmulatedClock => {
  const startedAt = Date.now();
  let ahead = 0;
  const now = (): number => Math.round(startedAt + ahead + (Date.now() - startedAt) * speed);
  return {
    now,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    notBefore: (instant) => {
      ahead += Math.max(0, instant - now());
    },
  };
};
