import { Problems } from '../../diagnostics/problems.js';
import type { Holder } from '../../journal/files/lock.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import { foreignTask } from '../../journal/accounts.js';
import { identify } from '../../batch/connect.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { otherAccounts } from '../../batch/apply/other-accounts.js';
import { buildRun, factsOfRecorded, selectedIn } from '../../report/run.js';
import type { ReportRun } from '../../report/model.js';
import { statuses } from '../../report/model.js';
import { painter } from '../../terminal/colour.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { ofDay } from '../../batch/load/day.js';
import type { BatchOptions } from '../../batch/options/options.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import type { Located } from '../../batch/load/locate.js';
import { locateProject } from '../../batch/load/locate.js';
import { sayOne, sayProblems } from '../say.js';
import { statusText } from '../../terminal/status-text.js';
import { proposalsOf } from '../argv/typed.js';
import { watchBatch } from './watch.js';

/** `rh-batch status`: what the journal knows, also while an apply is at work. Never blocks. */
export const status = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const located = await locateProject(options, io, problems);
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const left = call.flag('watch') ? await watch(located, call, io) : false;
  const read = await located.stores.read(located);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  const { state } = read;
  const holder = await located.stores.holder(located);
  const env = await readEnvFile(options, io, problems);
  if (problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const { servers } = located.manifest.target;
  const account = identify(options, io, env, new Problems(), servers)?.account ?? null;
  const isSelected = selectedIn(state);
  const inOrder = [...state.runs.values()].sort((a, b) => a.inputs.index - b.inputs.index);
  const runs = inOrder.map((record) =>
    buildRun(factsOfRecorded(record.id, record.inputs), record, {
      since: state.beganAt,
      held: null,
      thisApply: isSelected(record.id),
    }),
  );
  const about = ofDay(options, located.manifestBytes, state.scope?.date ?? null);
  // An emulator's time may be ahead of ours.
  const now = Math.max(io.clock.now(), state.lastAt ?? 0);
  io.out.write(
    call.flag('json')
      ? `${json(located.name, state, runs, holder, account)}\n`
      : statusText(
          { name: located.name, state, runs, holder, now },
          {
            paint: painter(io.env, io.out.isTTY),
            width: io.out.columns(),
            command: (name, run) => commandAbout(name, run, state, call, about),
          },
        ),
  );
  const batch = { proposals: proposalsOf(call), options: about, project: located };
  const others = otherAccounts(state, account, batch);
  // Whoever is at work has a key of his own.
  if (others !== null && holder === null && !call.flag('json'))
    io.out.write([`\n${others.message}`, ...others.ways, ''].join('\n'));
  return left ? exit.sigint : exit.done;
};

/** Of apply: about the runs that the last one was about. */
const commandAbout = (
  name: string,
  run: string | undefined,
  { scope }: BatchState,
  call: Call,
  about: BatchOptions,
): string => {
  const words = run === undefined ? [] : [run];
  const command = proposalsOf(call).command(name, about, { words });
  if (name !== 'apply') return command;
  const shard = scope?.shard ?? null;
  return [
    command,
    ...(scope?.typed ?? []),
    ...(shard === null ? [] : [`--shard ${shard.index}/${shard.count}`]),
  ].join(' ');
};

/** @returns whether the user left before the end. */
const watch = async (located: Located, call: Call, io: Io): Promise<boolean> => {
  const leave = new AbortController();
  const unhook = io.onStop(() => leave.abort());
  const tail = located.stores.follow(located);
  try {
    await watchBatch(tail, call, io, leave.signal);
    return leave.signal.aborted;
  } finally {
    await tail.close();
    unhook();
  }
};

const count = (runs: readonly ReportRun[], wanted: ReportRun['status']): number =>
  runs.filter((run) => run.status === wanted).length;

const inFlightOf = (state: BatchState): number =>
  [...state.runs.values()].filter((record) => record.state.is === 'inFlight').length;

const json = (
  name: string,
  state: BatchState,
  runs: readonly ReportRun[],
  holder: Holder | null,
  account: string | null,
): string =>
  JSON.stringify({
    version: 1,
    name,
    running: holder !== null && state.beganAt !== null && state.endedAt === null,
    beganAt: instant(state.beganAt),
    endedAt: instant(state.endedAt),
    exitCode: state.exitCode,
    stop: state.stop,
    counts: {
      toDo: state.scope?.toDo ?? null,
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
      otherKey: isForeign(state.runs.get(id), account),
    })),
  });

/** Whether another key than the one in use alone can ask for its task; without a key nobody asks. */
const isForeign = (record: RunRecord | undefined, account: string | null): boolean =>
  record?.state.is === 'inFlight' && account !== null && foreignTask(record, account) !== null;

const instant = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();
