import type { Resolved } from '../journal/event.js';
import { isTaskId } from '../values/ids.js';
import { oneLine } from '../values/printable.js';
import { Answer } from './answer.js';
import type { Call } from './call.js';
import { exit } from './exit.js';
import { findRun, notOne } from './find-run.js';
import type { Io } from './io.js';
import { sayOne } from './say.js';
import { withStore } from './with-store.js';

/** `rh-batch resolve <run>`: a person settles a run whose submit was never answered. */
export const resolve = (call: Call, io: Io): Promise<number> => {
  const how = howOf(call);
  if (how === null) {
    sayOne(
      'E0001',
      'resolve wants one of --task ID, --resubmit or --give-up',
      'look on the site whether a task of that time exists; its id goes behind --task',
      call,
      io,
    );
    return Promise.resolve(exit.badInput);
  }
  return withStore(call, io, 1, async (store) => {
    const typed = call.args[0] ?? '';
    const found = findRun(store.state, typed);
    if (found.is !== 'one') {
      sayOne('E0703', notOne(typed, found), 'rh-batch status --json lists names and ids', call, io);
      return exit.badInput;
    }
    const { id, state, inputs } = found.record;
    if (state.is !== 'unknown') {
      sayOne(
        'E0703',
        `run ${id} (${inputs.name}) is not unknown: it is ${state.is}`,
        null,
        call,
        io,
      );
      return exit.badInput;
    }
    await store.append({ type: 'resolved', run: id, attempt: state.attempt, how });
    const next = {
      task: 'the next apply follows the task and fetches its outputs',
      resubmit: 'the next apply submits it again, which costs again if a task exists',
      giveUp: 'it counts as failed; apply --failed would try it again',
      noTask: '',
    }[how.is];
    const answer = new Answer(call, io);
    answer.say(`${oneLine(inputs.name)}: ${next}`, { run: id, name: inputs.name, how, next });
    return answer.end(exit.done);
  });
};

const howOf = (call: Call): Resolved['how'] | null => {
  const task = call.text('task');
  const ways = [task !== null, call.flag('resubmit'), call.flag('giveUp')].filter(Boolean);
  if (ways.length !== 1) return null;
  if (task !== null) return isTaskId(task) ? { is: 'task', taskId: task } : null;
  return call.flag('resubmit') ? { is: 'resubmit' } : { is: 'giveUp' };
};
