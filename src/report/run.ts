import type { Cost, RunError, RunInputs } from '../journal/event.js';
import type { AttemptRecord, BatchState, Instant, RunRecord, RunState } from '../journal/state.js';
import type { PlannedRun } from '../plan/plan.js';
import { recordOf } from '../plan/saved/record.js';
import type { RunId, TaskId } from '../values/ids.js';
import { impossible } from '../values/impossible.js';
import { addCosts, freeOf, noCost } from './cost.js';
import type { ReportOutput, ReportRun, RunStatus, Span } from './model.js';
import { cancelledOutside, cancelledText, isCancelledOutside } from '../journal/cancelled.js';

/** What a run is, whatever became of it. */
export type RunFacts = Pick<
  ReportRun,
  'index' | 'id' | 'name' | 'row' | 'tags' | 'values' | 'overrides' | 'twinOf'
>;

export const factsOfPlanned = (run: PlannedRun): RunFacts => ({
  index: run.index,
  id: run.id,
  name: run.name,
  row: run.row,
  tags: run.tags,
  values: run.values,
  overrides: run.overrides.map(recordOf),
  twinOf: run.twinOf,
});

/** Where only the journal is at hand. Twins are not told apart there: it holds each fingerprint once. */
export const factsOfRecorded = (id: RunId, inputs: RunInputs): RunFacts => ({
  index: inputs.index,
  id,
  name: inputs.name,
  row: inputs.row,
  tags: inputs.tags,
  values: new Map(Object.entries(inputs.values)),
  overrides: inputs.overrides,
  twinOf: null,
});

export interface RunContext {
  /** When this apply began; null: none did, so nothing is of this apply. */
  readonly since: Instant | null;
  /** Why a pending run did not get further in this apply: an upload or a download that failed. */
  readonly held: RunError | null;
  /** Whether this apply selected it. */
  readonly thisApply: boolean;
}

/** Which runs the last apply selected, as far as a journal tells. */
export const selectedIn = ({ beganAt, scope }: BatchState): ((run: RunId) => boolean) => {
  if (beganAt === null) return () => false;
  if (scope?.selected === undefined) return () => true;
  const selected = new Set(scope.selected);
  return (run) => selected.has(run);
};

/** Joins what was planned with what the journal knows of it. */
export const buildRun = (
  facts: RunFacts,
  record: RunRecord | undefined,
  { since, held, thisApply }: RunContext = { since: null, held: null, thisApply: false },
): ReportRun => {
  if (record === undefined) return { ...facts, ...untouched, thisApply, error: held };
  const { state } = record;
  const attempts = record.attempts.filter(isTry);
  const last = attempts.at(-1) ?? null;
  const ours = since === null ? [] : attempts.filter((attempt) => endedSince(attempt, since));
  const cost = total(attempts);
  const status = statusOf(state);
  const { index, id, name, row, tags, values, overrides, twinOf } = facts;
  const { queueMs, runMs, submittedAt, finishedAt } = timesOf(last);
  // Spelled out: objects that are put together of others have a shape each, and 10,000 are slow.
  return {
    index,
    id,
    name,
    row,
    tags,
    values,
    overrides,
    twinOf,
    status,
    thisApply,
    reused: status === 'succeeded' && ours.length === 0,
    attempts: attempts.length,
    taskId: taskOf(state) ?? last?.taskId ?? null,
    outputs: outputsOf(state),
    error: errorOf(state) ?? (status === 'pending' ? held : null),
    queueMs,
    runMs,
    submittedAt,
    finishedAt,
    cost: twinOf === null ? cost : freeOf(cost),
    spent: twinOf === null ? total(ours) : noCost,
    spans: twinOf === null ? record.attempts.flatMap(spanOf) : [],
    doubt: twinOf === null ? doubtOf(record) : null,
  };
};

const untouched = {
  status: 'pending',
  reused: false,
  attempts: 0,
  taskId: null,
  outputs: [],
  queueMs: null,
  runMs: null,
  cost: noCost,
  spent: noCost,
  submittedAt: null,
  finishedAt: null,
  spans: [],
  doubt: null,
} as const;

/** For want of room, or since the account may not: such a refusal says nothing about the run. */
const isTry = ({ end }: AttemptRecord): boolean =>
  !(end.is === 'refused' && (end.then === 'capacity' || end.then === 'stop'));

const endedSince = ({ settledAt, intentAt }: AttemptRecord, since: Instant): boolean =>
  (settledAt ?? intentAt) >= since;

const total = (attempts: readonly AttemptRecord[]): Cost =>
  attempts.reduce((sum, { cost }) => (cost === null ? sum : addCosts(sum, cost)), noCost);

const statusOf = (state: RunState): RunStatus => {
  switch (state.is) {
    case 'pending':
    case 'submitting':
    case 'inFlight':
    case 'fetching':
      return 'pending';
    case 'unknown':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return state.is;
    default:
      return impossible(state);
  }
};

const taskOf = (state: RunState): TaskId | null => ('taskId' in state ? state.taskId : null);

const outputsOf = (state: RunState): readonly ReportOutput[] => {
  if ('removedAt' in state) return [];
  const files = state.is === 'succeeded' || state.is === 'failed' ? state.files : undefined;
  if (files !== undefined)
    return files.map(({ path, url, node, type, bytes, sha256 }) => ({
      path,
      url,
      node,
      type,
      bytes,
      sha256,
    }));
  if (state.is !== 'fetching') return [];
  const here = new Map(state.files?.map(({ index, file }) => [index, file]));
  return state.outputs.map(({ url, node, type }, index) => {
    const file = here.get(index);
    return {
      path: file?.path ?? null,
      url,
      node,
      type,
      bytes: file?.bytes ?? null,
      sha256: file?.sha256 ?? null,
    };
  });
};

const errorOf = (state: RunState): RunError | null => {
  switch (state.is) {
    case 'pending':
      return state.last;
    case 'unknown':
      return plainError('lost', state.why);
    case 'failed':
      return state.error;
    case 'cancelled':
      return {
        ...plainError('task', cancelledText(state.by)),
        code: isCancelledOutside(state.by) ? cancelledOutside : null,
      };
    case 'fetching':
      return state.error ?? null;
    case 'submitting':
    case 'inFlight':
    case 'succeeded':
      return null;
    default:
      return impossible(state);
  }
};

const plainError = (errorClass: RunError['class'], message: string): RunError => ({
  class: errorClass,
  code: null,
  message,
  node: null,
  field: null,
  traceback: null,
});

/**
 * Polls see RUNNING late or not at all; then the service's own task time (runninghub-api 5.2)
 * stands for the run, and what is left of the whole for the queue.
 */
const timesOf = (
  attempt: AttemptRecord | null,
): Pick<ReportRun, 'queueMs' | 'runMs' | 'submittedAt' | 'finishedAt'> => {
  if (attempt === null) return { queueMs: null, runMs: null, submittedAt: null, finishedAt: null };
  const { intentAt, acceptedAt, runningAt, settledAt, cost } = attempt;
  const told = cost?.taskTimeMs ?? null;
  const whole = between(acceptedAt, settledAt);
  const rest = whole === null || told === null ? null : Math.max(0, whole - told);
  return {
    queueMs: between(acceptedAt, runningAt) ?? rest,
    runMs: between(runningAt, settledAt) ?? told,
    submittedAt: acceptedAt ?? intentAt,
    finishedAt: settledAt,
  };
};

/** What was never accepted took no slot that we know of. */
const spanOf = (attempt: AttemptRecord): readonly Span[] => {
  const { acceptedAt, runningAt, settledAt, cost, end } = attempt;
  if (acceptedAt === null) return [];
  const told = cost?.taskTimeMs ?? null;
  const began = told === null || settledAt === null ? null : settledAt - told;
  const running = runningAt ?? began;
  return [
    {
      from: acceptedAt,
      running: running === null ? null : Math.max(acceptedAt, running),
      to: settledAt,
      freed: freedAt(acceptedAt, settledAt, told),
      end: settledAt === null ? 'open' : endOf(end.is),
    },
  ];
};

/** An end is seen at most so late, as far as drawings of it are concerned. */
const seenLateMs = 30_000;

const freedAt = (from: Instant, to: Instant | null, told: number | null): Instant | null =>
  to === null || told === null ? to : Math.min(to, Math.max(from + told, to - seenLateMs));

const endOf = (is: AttemptRecord['end']['is']): Span['end'] => {
  switch (is) {
    case 'succeeded':
    case 'cancelled':
      return is;
    case 'failed':
    case 'refused':
    case 'resolved':
    case 'lost':
      return 'failed';
    case 'open':
      return 'open';
    default:
      return impossible(is);
  }
};

const between = (from: Instant | null, to: Instant | null): number | null =>
  from === null || to === null ? null : Math.max(0, to - from);

/** An answer that was lost may have been a task: in doubt until evidence or a person says otherwise. */
const doubtOf = ({ state, attempts }: RunRecord): string | null => {
  if (state.is === 'unknown') return state.why;
  for (const { attempt, end } of attempts) {
    const lost =
      end.is === 'lost' || (end.is === 'resolved' && end.by !== 'person' && blind.has(end.how));
    if (!lost) continue;
    const why = end.is === 'lost' ? end.why : 'its answer was lost';
    const again = attempts.some((other) => other.attempt > attempt && other.taskId !== null);
    if (again) return `attempt ${attempt}: ${why}, and it was submitted again`;
  }
  return null;
};

/** Ways to settle an unknown run without knowing whether a task exists; a person knows what it may cost. */
const blind: ReadonlySet<string> = new Set(['resubmit', 'giveUp']);
