import type { Recorded } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';
import { isRunId } from '../../values/ids.js';

/** null: the event is about the batch. */
export const runOf = (event: Recorded): RunId | null =>
  'run' in event && typeof event.run === 'string' && isRunId(event.run) ? event.run : null;
