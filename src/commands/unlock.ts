import { Problems } from '../diagnostics/problems.js';
import { breakLock } from '../journal/lock.js';
import { lockPath } from '../journal/store.js';
import type { Call } from './call.js';
import { exit } from './exit.js';
import type { Io } from './io.js';
import { locateProject } from './project.js';
import { sayOne, sayProblems } from './say.js';

/** `rh-batch unlock`: for a lock whose holder is certainly gone, such as one of another host. */
export const unlock = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const located = await locateProject(call, io, problems);
  if (located === null) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  try {
    const holder = await breakLock(lockPath(located.stateDir));
    io.out.write(
      holder === null
        ? 'there is no lock\n'
        : `the lock of process ${holder.pid} on ${holder.host}, since ${holder.since}, is removed\n`,
    );
    return exit.done;
  } catch (cause) {
    sayOne('E0702', cause instanceof Error ? cause.message : String(cause), null, call, io);
    return exit.badInput;
  }
};
