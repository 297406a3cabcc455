import { Problems } from '../diagnostics/problems.js';
import { systemClock } from '../edges/clock.js';
import type { Store } from '../journal/store.js';
import type { Call } from './argv/call.js';
import { optionsOf } from './argv/options.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';
import type { Located } from '../batch/load/locate.js';
import { locateProject } from '../batch/load/locate.js';
import { sayOne, sayProblems } from './say.js';

/** Runs a command that writes the journal: finds the batch, takes its lock, lets go at the end. */
export const withStore = async (
  call: Call,
  io: Io,
  work: (store: Store, located: Located) => Promise<number>,
): Promise<number> => {
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const opened = await located.stores.open(located, { clock: systemClock, command: 'rh-batch' });
  if (!opened.ok) {
    const { is, message, hint } = opened.problem;
    sayOne(is === 'locked' ? 'E0701' : 'E0702', message, hint, call, io);
    return is === 'locked' ? exit.locked : exit.badInput;
  }
  try {
    return await work(opened.store, located);
  } catch (cause) {
    sayOne('E0702', cause instanceof Error ? cause.message : String(cause), null, call, io);
    return exit.internal;
  } finally {
    await opened.store.close();
  }
};
