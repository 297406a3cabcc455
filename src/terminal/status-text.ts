import type { Holder } from '../journal/files/lock.js';
import type { RunError } from '../journal/event.js';
import type { BatchState, RunRecord, RunState } from '../journal/state.js';
import { addCosts, noCost } from '../report/cost.js';
import type { ReportRun, RunStatus } from '../report/model.js';
import { statuses } from '../report/model.js';
import { errorText, placeOf } from '../report/words.js';
import { isRunId } from '../values/ids.js';
import type { Paint, Style } from './colour.js';
import { count, duration, grouped, oneLine, shortDecimal } from './format.js';
import type { Part } from './live/row.js';
import { rowOf } from './live/row.js';

/** What `rh-batch status` knows. */
export interface Status {
  readonly name: string;
  readonly state: BatchState;
  readonly runs: readonly ReportRun[];
  /** Who is at work; null: nobody. */
  readonly holder: Holder | null;
  /** In the batch's own time. */
  readonly now: number;
}

export interface StatusTextOptions {
  readonly paint: Paint;
  /** Columns; null: lines are not cut. */
  readonly width: number | null;
  /** What a person types about this batch: another command, about one of its runs. */
  readonly command: (name: 'apply' | 'explain' | 'resolve', run?: string) => string;
}

type Line = readonly Part[];

/** Longer than any line: nothing is cut where there is no terminal. */
const unbounded = 100_000;

/** For people: how it stands, what is in flight, what is wrong and what to do about it. */
export const statusText = (status: Status, options: StatusTextOptions): string => {
  const { state, runs } = status;
  const lines: Line[] = [[['strong', status.name], ' · ', ...sinceParts(status, options)]];
  if (state.beganAt !== null) {
    lines.push(['  ', applyText(status)]);
    const ours = runs.filter((run) => isOfApply(run, state));
    if (runs.length > ours.length) lines.push(['  ', ['dim', knownText(runs)]]);
    if (state.stop !== null) lines.push(['  ', ['warning', 'stopped:'], ` ${oneLine(state.stop)}`]);
    lines.push(...flightLines(status), ...troubleLines(runs, state), ...nextLines(status, options));
  }
  const { paint, width } = options;
  return lines.map((line) => `${rowOf(line, width ?? unbounded, paint)}\n`).join('');
};

const sinceParts = ({ state, holder, now }: Status, { command }: StatusTextOptions): Line => {
  const { beganAt, endedAt, exitCode, emulated } = state;
  const kind = emulated ? ' · emulated' : '';
  if (holder !== null) {
    const since =
      beganAt === null || endedAt !== null ? '' : ` for ${duration(Math.max(0, now - beganAt))}`;
    const who = `process ${holder.pid} on ${oneLine(holder.host)}`;
    return [['good', 'at work'], `${since} (${who})${kind}`];
  }
  if (beganAt === null) return ['no apply yet'];
  if (endedAt === null)
    return [['warning', 'ended without a word'], `; ${command('apply')} goes on${kind}`];
  return [
    [exitCode === 0 ? 'good' : 'warning', `ended with exit code ${exitCode ?? '?'}`],
    ` at ${minute(endedAt)}, after ${duration(Math.max(0, endedAt - beganAt))}${kind}`,
  ];
};

/** `2026-11-24 14:03 UTC` */
const minute = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Of the last apply: `5 of 12 done · 1 failed · 2 in flight · 36 coins`. */
const applyText = ({ state, runs }: Status): string => {
  const ours = runs.filter((run) => isOfApply(run, state));
  const number = (status: RunStatus): number => ours.filter((run) => run.status === status).length;
  const flying = inFlight(state).length;
  const toDo = state.scope?.toDo ?? null;
  const through = ours.filter(({ status }) => status !== 'pending').length;
  const blocked = heldBack(state).length;
  const fetching = toBeFetched(state);
  const waiting = toDo === null ? 0 : Math.max(0, toDo - through - flying - blocked - fetching);
  const spent = ours.reduce((sum, run) => addCosts(sum, run.spent), noCost);
  return [
    `${grouped(number('succeeded'))}${toDo === null ? '' : ` of ${grouped(toDo)}`} done`,
    ...(['failed', 'cancelled', 'unknown'] as const)
      .filter((status) => number(status) > 0)
      .map((status) => `${grouped(number(status))} ${status}`),
    ...(blocked > 0 ? [`${grouped(blocked)} blocked`] : []),
    ...(flying > 0 ? [`${grouped(flying)} in flight`] : []),
    ...(fetching > 0 ? [`${grouped(fetching)} to fetch`] : []),
    ...(waiting > 0 ? [`${grouped(waiting)} waiting`] : []),
    ...(spent.coins === null ? [] : [`${shortDecimal(spent.coins)} coins`]),
    ...(spent.money === null ? [] : [`${shortDecimal(spent.money)} in money`]),
  ].join(' · ');
};

const isOfApply = (
  { reused, submittedAt, finishedAt }: ReportRun,
  { beganAt }: BatchState,
): boolean =>
  !reused && beganAt !== null && ((submittedAt ?? 0) >= beganAt || (finishedAt ?? 0) > beganAt);

/** Over all applies: `120 runs known: 1 failed, 119 succeeded`. */
const knownText = (runs: readonly ReportRun[]): string => {
  const counts = statuses
    .map((status) => [status, runs.filter((run) => run.status === status).length] as const)
    .filter(([, number]) => number > 0)
    .map(([status, number]) => `${grouped(number)} ${status}`);
  return `${count(runs.length, 'run')} known: ${counts.join(', ')}`;
};

interface Flight {
  readonly record: RunRecord;
  readonly state: Extract<RunState, { is: 'inFlight' }>;
}

/** Oldest first: what hangs stands on top. */
const inFlight = ({ runs }: BatchState): readonly Flight[] =>
  [...runs.values()]
    .flatMap((record) => (record.state.is === 'inFlight' ? [{ record, state: record.state }] : []))
    .sort((a, b) => a.state.since - b.state.since);

/** Runs of which the service has made outputs that are not here. */
const toBeFetched = ({ runs }: BatchState): number =>
  [...runs.values()].filter(({ state }) => state.is === 'fetching').length;

const maxFlights = 12;
const maxTroubles = 30;
const idDigits = 8;

const flightLines = ({ state, now }: Status): Line[] =>
  block(
    inFlight(state),
    maxFlights,
    ({ record: { id, inputs }, state: { taskId, since, runningSince } }) => {
      const seconds = Math.floor((now - (runningSince ?? since)) / 1000);
      const age = seconds > 0 ? ` ${duration(seconds * 1000)}` : '';
      const [mark, word] = runningSince === null ? ['○', 'queued'] : ['●', 'running'];
      const text = `${oneLine(inputs.name)}  ${word}${age}  task ${taskId}`;
      return ['  ', ['accent', mark], ` ${id.slice(0, idDigits)}  ${text}`];
    },
  );

/** Runs that got no further in the last apply for want of an upload: the journal has no more of them. */
const heldBack = ({ told, runs }: BatchState): readonly (readonly [string, RunError])[] =>
  Object.entries(told?.held ?? {}).filter(
    ([id]) => isRunId(id) && (runs.get(id)?.state.is ?? 'pending') === 'pending',
  );

/** Outputs that are paid for and could not be fetched yet. */
const isWaiting = ({ id, status, error }: ReportRun, { runs }: BatchState): boolean =>
  status === 'pending' && error !== null && runs.get(id)?.state.is === 'fetching';

const marks: Readonly<Record<RunStatus, readonly [Style, string] | null>> = {
  failed: ['error', '✖'],
  unknown: ['warning', '?'],
  cancelled: ['warning', '⊘'],
  pending: null,
  succeeded: null,
};

const troubleLines = (runs: readonly ReportRun[], state: BatchState): Line[] => {
  const troubled = statuses.flatMap((status) => {
    const mark = marks[status];
    return mark === null
      ? []
      : runs.filter((run) => run.status === status).map((run) => ({ run, mark }));
  });
  for (const run of runs) if (isWaiting(run, state)) troubled.push({ run, mark: ['warning', '↓'] });
  const blocked = heldBack(state).map(([id, error]): Line => {
    const name = isRunId(id) ? state.runs.get(id)?.inputs.name : undefined;
    const called = name === undefined ? '' : `  ${oneLine(name)}`;
    return [
      '  ',
      ['error', '✖'],
      ` ${id.slice(0, idDigits)}${called}  blocked: ${oneLine(errorText(error))}`,
    ];
  });
  const lines = troubled.map(({ run, mark }): Line => {
    const reason = run.error === null ? run.status : oneLine(errorText(run.error));
    const place = placeOf(run);
    const where = place === null ? '' : ` (${oneLine(place)})`;
    return ['  ', mark, ` ${run.id.slice(0, idDigits)}  ${oneLine(run.name)}  ${reason}${where}`];
  });
  return block([...lines, ...blocked], maxTroubles, (line) => line);
};

/** The first so many of them under an empty line, then how many more there are. */
const block = <T>(items: readonly T[], most: number, lineOf: (item: T) => Line): Line[] => {
  if (items.length === 0) return [];
  const more = items.length - most;
  return [
    [],
    ...items.slice(0, most).map(lineOf),
    ...(more > 0 ? [['  ', ['dim', `… and ${grouped(more)} more`]] satisfies Line] : []),
  ];
};

/** The one thing to do now. */
const nextLines = ({ runs, holder }: Status, { command }: StatusTextOptions): Line[] => {
  if (holder !== null) return [];
  const say = (text: string): Line[] => [[], [['dim', 'next:'], ` ${text}`]];
  const unknown = runs.find(({ status }) => status === 'unknown');
  if (unknown !== undefined)
    return say(
      `${command('resolve', unknown.id.slice(0, idDigits))} --task ID | --resubmit | --give-up`,
    );
  const failed = runs.find(({ status }) => status === 'failed');
  return failed === undefined
    ? []
    : say(`${command('explain', failed.id.slice(0, idDigits))} tells what became of it`);
};
