/** Timers of a process that slept fire at once when it wakes: later than this is such a sleep. */
const lateMs = 1_000;
/** What has arrived meanwhile gets so long to be read. */
const graceMs = 5_000;

/**
 * Ends a request after so long. A process that was stopped, or a laptop that slept, may find the
 * answer waiting when it wakes: it is read before the limit is enforced, since the answer to a
 * create that is thrown away is a task that nobody knows.
 */
export const timeLimit = (ms: number): { readonly signal: AbortSignal; clear(): void } => {
  const controller = new AbortController();
  let timer: NodeJS.Timeout;
  const arm = (wait: number): void => {
    const due = performance.now() + wait;
    timer = setTimeout(() => {
      if (performance.now() - due > lateMs) arm(Math.min(ms, graceMs));
      else controller.abort();
    }, wait).unref();
  };
  arm(ms);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
};
