import { locateProject } from '../../batch/load/locate.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import type { RunRecord } from '../../journal/state.js';
import type { Family } from '../../runninghub/service.js';
import { familyOf } from '../../targets/targets.js';
import type { TaskId } from '../../values/ids.js';
import { isTaskId } from '../../values/ids.js';
import { oneLine } from '../../values/printable.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { findRun, notOne } from '../find-run.js';
import { sayFound, sayOne, sayProblems } from '../say.js';

interface TaskOfRun {
  readonly taskId: TaskId;
  /** null: the task itself was named. */
  readonly run: RunRecord | null;
  /** Whose endpoints know it; null: that is not known. */
  readonly family: Family | null;
}

/** The newest task of a run, or the one whose id was typed; null: there is none, which was said. */
export const taskOfRun = async (typed: string, call: Call, io: Io): Promise<TaskOfRun | null> => {
  // A run's id has 16 digits at most.
  if (/^\d{17,}$/.test(typed) && isTaskId(typed)) return { taskId: typed, run: null, family: null };
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return null;
  }
  const read = await located.stores.read(located);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return null;
  }
  const found = findRun(read.state, typed);
  if (found.is !== 'one') {
    sayFound(notOne(typed, found, 'rh-batch status --json'), call, io);
    return null;
  }
  const { record } = found.run;
  const taskId = record.attempts.findLast((attempt) => attempt.taskId !== null)?.taskId ?? null;
  if (taskId !== null) return { taskId, run: record, family: familyOf(read.state.target) };
  const hint = `rh-batch explain ${record.id.slice(0, 8)} tells what became of it`;
  sayOne('E0703', `run ${oneLine(record.inputs.name)} has no task yet`, hint, call, io);
  return null;
};
