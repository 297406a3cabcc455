import type { OverrideRecord, SavedFile } from '../journal/event.js';
import type { AttemptRecord, RunRecord, RunState } from '../journal/state.js';
import { errorText } from '../report/words.js';
import { impossible } from '../values/impossible.js';
import { clip, duration, fileSize, oneLine, shortDecimal } from './format.js';
import { cancelledText } from '../journal/cancelled.js';

/** What became of one run, attempt by attempt; null: the journal has none. */
export const recordLines = (record: RunRecord | null, now: number): string[] => {
  if (record === null) return ['never submitted'];
  const { inputs, state, attempts } = record;
  return [
    ...(inputs.row === null ? [] : [`from: ${inputs.row.file}:${inputs.row.line}`]),
    ...inputs.overrides.map(overrideLine),
    `state: ${stateWords(state, now)}`,
    ...attempts.flatMap((attempt) => [
      `attempt ${attempt.attempt}: ${endWords(attempt.end)}`,
      ...attemptLines(attempt).map((line) => `  ${line}`),
    ]),
    ...filesOf(state).map(({ path, bytes }) => `file: ${path} (${fileSize(bytes)})`),
  ];
};

const maxValue = 100;

const overrideLine = ({
  node,
  title,
  class: type,
  field,
  value,
  asSaved,
}: OverrideRecord): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = asSaved === true ? 'left to the service' : clip(oneLine(text), maxValue);
  return `  ${oneLine(title ?? type)}.${field} (node ${node}) = ${shown}`;
};

/** The state in a word or two, as people read it. */
export const stateWord = ({ is }: Pick<RunState, 'is'>): string => stateNames[is];

const stateNames: Readonly<Record<RunState['is'], string>> = {
  pending: 'pending',
  submitting: 'being submitted',
  inFlight: 'in flight',
  unknown: 'unknown',
  fetching: 'succeeded, its outputs are to be fetched',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

const stateWords = (state: RunState, now: number): string => {
  switch (state.is) {
    case 'pending':
      return state.last === null ? 'pending' : `pending, after ${errorText(state.last)}`;
    case 'submitting':
      return 'being submitted';
    case 'inFlight':
      return `${state.runningSince === null ? 'queued' : 'running'} for ${span(now - (state.runningSince ?? state.since))}, task ${state.taskId}`;
    case 'unknown':
      return `unknown: ${state.why}`;
    case 'fetching':
      return state.error === undefined
        ? 'succeeded, its outputs are to be fetched'
        : `succeeded, its outputs wait: ${errorText(state.error)}`;
    case 'succeeded':
      return state.removedAt === undefined
        ? 'succeeded'
        : 'succeeded, files of it were removed by clean --orphans';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return cancelledText(state.by);
    default:
      return impossible(state);
  }
};

const filesOf = (state: RunState): readonly SavedFile[] =>
  'removedAt' in state
    ? []
    : state.is === 'succeeded'
      ? state.files
      : state.is === 'failed'
        ? (state.files ?? [])
        : state.is === 'fetching'
          ? (state.files ?? []).map(({ file }) => file)
          : [];

const attemptLines = (attempt: AttemptRecord): string[] => {
  const { intentAt, taskId, acceptedAt, runningAt, settledAt, cost, end } = attempt;
  const times = [
    `submitted ${instant(intentAt)}`,
    ...(taskId === null ? [] : [`task ${taskId}`]),
    ...(acceptedAt === null || runningAt === null
      ? []
      : [`queued ${span(runningAt - acceptedAt)}`]),
    ...(settledAt === null || runningAt === null ? [] : [`ran ${span(settledAt - runningAt)}`]),
    ...(settledAt === null ? [] : [`ended ${instant(settledAt)}`]),
    ...(cost?.coins == null ? [] : [`${shortDecimal(cost.coins)} coins`]),
    ...(cost?.money == null ? [] : [`${shortDecimal(cost.money)} in money`]),
  ];
  const traceback = end.is === 'failed' ? end.error.traceback : null;
  return [
    times.join(' · '),
    ...(traceback === null
      ? []
      : traceback
          .trimEnd()
          .split('\n')
          .map((line) => `| ${oneLine(line)}`)),
  ];
};

const span = (ms: number): string => duration(Math.max(0, ms));

const endWords = (end: AttemptRecord['end']): string => {
  switch (end.is) {
    case 'open':
      return 'no end seen yet';
    case 'refused':
      return `refused: ${errorText(end.error)}`;
    case 'lost':
      return `its answer was lost: ${end.why}`;
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return `failed: ${errorText(end.error)}`;
    case 'cancelled':
      return cancelledText(end.by);
    case 'resolved':
      return `settled as ${end.how}`;
    default:
      return impossible(end);
  }
};

const instant = (at: number): string => new Date(at).toISOString();
