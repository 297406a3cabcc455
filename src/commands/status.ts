import { Problems } from '../diagnostics/problems.js';
import { readStore } from '../journal/store.js';
import type { BatchState } from '../journal/state.js';
import { buildRun, factsOfRecorded } from '../report/run.js';
import type { ReportRun } from '../report/model.js';
import { statuses } from '../report/model.js';
import { painter } from '../terminal/colour.js';
import type { Call } from './call.js';
import { exit } from './exit.js';
import type { Io } from './io.js';
import { locateProject } from './project.js';
import { sayOne, sayProblems } from './say.js';

/** `rh-batch status`: what the journal knows, also while an apply is at work. Never blocks. */
export const status = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const located = await locateProject(call, io, problems);
  if (located === null) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const read = await readStore(located.stateDir);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  const { state } = read;
  const runs = [...state.runs.values()].map((record) =>
    buildRun(factsOfRecorded(record.id, record.inputs), record, {
      since: state.beganAt,
      held: null,
    }),
  );
  io.out.write(
    call.flag('json')
      ? `${json(located.name, state, runs)}\n`
      : text(located.name, state, runs, io),
  );
  return exit.done;
};

const count = (runs: readonly ReportRun[], wanted: ReportRun['status']): number =>
  runs.filter((run) => run.status === wanted).length;

const inFlightOf = (state: BatchState): number =>
  [...state.runs.values()].filter((record) => record.state.is === 'inFlight').length;

const json = (name: string, state: BatchState, runs: readonly ReportRun[]): string =>
  JSON.stringify({
    version: 1,
    name,
    running: state.beganAt !== null && state.endedAt === null,
    beganAt: instant(state.beganAt),
    endedAt: instant(state.endedAt),
    exitCode: state.exitCode,
    stop: state.stop,
    counts: {
      known: runs.length,
      inFlight: inFlightOf(state),
      ...Object.fromEntries(statuses.map((wanted) => [wanted, count(runs, wanted)])),
    },
    runs: runs.map(({ index, id, name: runName, status: is, taskId, attempts, error }) => ({
      index,
      id,
      name: runName,
      status: is,
      state: state.runs.get(id)?.state.is ?? 'pending',
      taskId,
      attempts,
      error: error?.message ?? null,
    })),
  });

const instant = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();

const text = (name: string, state: BatchState, runs: readonly ReportRun[], io: Io): string => {
  const paint = painter(io.env, io.out.isTTY);
  if (state.beganAt === null) return `${name}: no apply yet\n`;
  const ended =
    state.endedAt === null
      ? 'at work, or ended without a word'
      : `ended ${instant(state.endedAt) ?? ''} with exit code ${state.exitCode ?? '?'}`;
  const counts = statuses
    .map((wanted) => [wanted, count(runs, wanted)] as const)
    .filter(([, number]) => number > 0)
    .map(([wanted, number]) => `${number} ${wanted}`);
  const inFlight = inFlightOf(state);
  const lines = [
    `${paint('strong', name)}: ${counts.join(', ') || 'no runs yet'}${inFlight > 0 ? `; ${inFlight} in flight` : ''}`,
    `last apply: began ${instant(state.beganAt) ?? ''}, ${ended}`,
    ...(state.stop === null ? [] : [`stopped: ${state.stop}`]),
  ];
  const troubled = runs.filter((run) => run.status !== 'succeeded');
  for (const run of troubled.slice(0, 30))
    lines.push(
      `  ${run.id}  ${run.status.padEnd(9)}  ${run.name}${run.error === null ? '' : `  ${run.error.message}`}`,
    );
  if (troubled.length > 30) lines.push(`  … and ${troubled.length - 30} more`);
  return `${lines.join('\n')}\n`;
};
