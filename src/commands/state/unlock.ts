import { Problems } from '../../diagnostics/problems.js';
import type { Holder } from '../../journal/files/lock.js';
import { breakLock } from '../../journal/files/lock.js';
import { lockPath } from '../../journal/store.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { locateProject } from '../../batch/load/locate.js';
import { sayOne, sayProblems } from '../say.js';

/** `rh-batch unlock`: for a lock whose holder is certainly gone, such as one of another host. */
export const unlock = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  try {
    const answer = new Answer(call, io);
    const path = lockPath(located.stateDir);
    const broken = await breakLock(path);
    switch (broken.is) {
      case 'none':
        answer.say('there is no lock', { removed: false, holder: null });
        return answer.end(exit.done);
      case 'removed':
        answer.say(removedText(broken.holder), { removed: true, holder: broken.holder });
        return answer.end(exit.done);
      case 'alive': {
        const { pid, command, since } = broken.holder;
        sayOne(
          'E0701',
          `process ${pid} (${command}) holds the state since ${since} and is alive on this host`,
          `end it first (kill ${pid}): it stops in an orderly way and lets go. If that process is no rh-batch, delete ${path}`,
          call,
          io,
        );
        return exit.locked;
      }
    }
  } catch (cause) {
    sayOne('E0702', cause instanceof Error ? cause.message : String(cause), null, call, io);
    return exit.badInput;
  }
};

const removedText = (holder: Holder | null): string =>
  holder === null
    ? 'a damaged lock, which named no process, is removed'
    : `the lock of process ${holder.pid} on ${holder.host}, since ${holder.since}, is removed`;
