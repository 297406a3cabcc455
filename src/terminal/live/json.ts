import type { Progress, ProgressOptions } from './progress.js';
import { harmless } from './progress.js';

/** Of the format (schemas/progress.schema.json). */
const version = 1;

/** For programs: every event as one line of JSON, each with the time it happened or was shown. */
export const jsonProgress = ({
  write,
  clock,
}: Pick<ProgressOptions, 'write' | 'clock'>): Progress => {
  const say = harmless(write);
  let open = true;
  return {
    on: (event) => {
      if (!open) return;
      const at = 'at' in event ? {} : { at: new Date(clock.now()).toISOString() };
      say(`${JSON.stringify({ ...event, ...at, progress: version })}\n`);
    },
    stop: () => {
      open = false;
      return Promise.resolve();
    },
  };
};
