import type { Resolved } from '../../journal/event.js';
import { Problems } from '../../diagnostics/problems.js';
import { foreignTask } from '../../journal/accounts.js';
import type { RunRecord } from '../../journal/state.js';
import type { Store } from '../../journal/store.js';
import { isTaskId } from '../../values/ids.js';
import { oneLine } from '../../values/printable.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { accountOptionsOf } from '../argv/options.js';
import { commandFor } from '../argv/typed.js';
import { identify } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import { findRun, notOne } from '../find-run.js';
import type { Io } from '../../edges/io.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { resolveMany, unknownRuns } from './resolve-unknown.js';
import { sayFound, sayOne } from '../say.js';
import { stateWord } from '../../terminal/run-text.js';
import { withStore } from '../with-store.js';

/** `rh-batch resolve <run>`: a person settles a run whose submit was never answered, or many. */
export const resolve = (call: Call, io: Io): Promise<number> => {
  if (call.flag('unknown')) return resolveUnknown(call, io);
  if (call.args.length === 0) {
    const hint = 'rh-batch resolve --unknown lists all unknown runs with what is known of them';
    sayOne('E0001', 'resolve wants a run, or --unknown', hint, call, io);
    return Promise.resolve(exit.badInput);
  }
  const how = howOf(call);
  const task = call.text('task');
  if (task !== null && !isTaskId(task)) {
    const hint = 'its id as the site shows it, 19 digits: --task 1980471280073846785';
    sayOne('E0001', `--task wants the id of a task, not "${task}"`, hint, call, io);
    return Promise.resolve(exit.badInput);
  }
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
  return withStore(call, io, async (store) => {
    const typed = call.args[0] ?? '';
    const found = findRun(store.state, typed);
    if (found.is !== 'one') {
      sayFound(notOne(typed, found, 'rh-batch status --json'), call, io);
      return exit.badInput;
    }
    const { record } = found.run;
    const { id, state, inputs } = record;
    const why = state.is === 'inFlight' ? await whyFollowed(record, how, call, io) : null;
    if ((state.is !== 'unknown' && state.is !== 'inFlight') || why !== null) {
      sayOne(
        'E0703',
        `run ${id} (${inputs.name}) is not unknown: it is ${stateWord(state)}`,
        why ?? 'rh-batch resolve --unknown lists those that are',
        call,
        io,
      );
      return exit.badInput;
    }
    await store.append({ type: 'resolved', run: id, attempt: state.attempt, how, by: 'person' });
    const next = {
      task: 'the next apply follows the task and fetches its outputs',
      resubmit: 'the next apply submits it again, which costs again if a task exists',
      giveUp: 'it counts as failed; the next apply submits it again, as any run that failed',
      noTask: '',
    }[how.is];
    const answer = new Answer(call, io);
    answer.say(`${oneLine(inputs.name)}: ${next}`, { run: id, name: inputs.name, how, next });
    return answer.end(exit.done);
  });
};

/** `--unknown`: shows all of them; with a decision settles those that are selected. */
const resolveUnknown = (call: Call, io: Io): Promise<number> => {
  const decided = call.flag('resubmit') || call.flag('giveUp') || call.text('task') !== null;
  const how = decided ? howOf(call) : null;
  if (decided && (how === null || how.is === 'task' || how.is === 'noTask')) {
    const hint = 'a task is of one run: rh-batch resolve RUN --task ID';
    sayOne('E0001', '--unknown takes one of --resubmit and --give-up', hint, call, io);
    return Promise.resolve(exit.badInput);
  }
  const many = how === null || how.is === 'task' || how.is === 'noTask' ? null : how;
  const work = async (store: Store): Promise<number> => {
    const runs = unknownRuns(store, call, io, new Problems());
    return runs === null ? exit.badInput : resolveMany(runs, many, store, call, io);
  };
  return withStore(call, io, work);
};

/**
 * Why a task in flight cannot be given up; null: it was submitted with another key than the one in
 * use, so that no apply with this one will ever follow it.
 */
const whyFollowed = async (
  record: RunRecord,
  how: Resolved['how'],
  call: Call,
  io: Io,
): Promise<string | null> => {
  const problems = new Problems();
  const options = accountOptionsOf(call);
  const identity = identify(options, io, await readEnvFile(options, io, problems), problems);
  if (identity === null) return 'set the key in use first (RUNNINGHUB_API_KEY)';
  if (foreignTask(record, identity.account) === null) return 'the next apply follows it';
  if (how.is !== 'task') return null;
  const plus = ['--only', record.id.slice(0, 8), '--adopt'];
  return `${commandFor('apply', call, { without: ['json'], plus })} follows it with this key`;
};

const howOf = (call: Call): Resolved['how'] | null => {
  const task = call.text('task');
  const ways = [task !== null, call.flag('resubmit'), call.flag('giveUp')].filter(Boolean);
  if (ways.length !== 1) return null;
  if (task !== null) return isTaskId(task) ? { is: 'task', taskId: task } : null;
  return call.flag('resubmit') ? { is: 'resubmit' } : { is: 'giveUp' };
};
