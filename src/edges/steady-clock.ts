import type { Clock, EmulatedClock } from './clock.js';

/** Smaller differences between the two clocks are what they always have. */
const jitterMs = 1_000;

/**
 * A clock that never goes back, whatever is done to the one behind it: times in the journal are
 * subtracted from each other, and waits are computed from them. After the clock was set back, time
 * goes on from where it was. The clock's `monotonic` tells how much time passed meanwhile.
 */
export const steadyClock = (clock: Clock): EmulatedClock => {
  const { monotonic = null } = clock;
  let ahead = 0;
  let last = clock.now();
  let lastMonotonic = monotonic?.() ?? 0;
  const now = (): number => {
    const passed = monotonic === null ? 0 : monotonic() - lastMonotonic;
    lastMonotonic += passed;
    const due = last + Math.max(0, passed);
    const told = clock.now() + ahead;
    const back = due - told;
    if (back > (monotonic === null ? 0 : jitterMs)) ahead += back;
    last = Math.max(last, clock.now() + ahead);
    return last;
  };
  return {
    now,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    notBefore: (instant) => {
      ahead += Math.max(0, instant - now());
    },
  };
};
