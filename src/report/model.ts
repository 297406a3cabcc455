import type { Cost, OverrideRecord, RunError } from '../journal/event.js';
import type { Instant } from '../journal/state.js';
import type { RunId, TaskId } from '../values/ids.js';
import { addCosts, noCost } from './cost.js';
import type { RunStatus } from './terms.js';

export type { RunStatus } from './terms.js';
export { statuses } from './terms.js';

/** What every report is made from: one apply, and all runs of its batch in matrix order. */
export interface BatchReport extends BatchFacts {
  /** In matrix order. */
  readonly runs: readonly ReportRun[];
  readonly counts: Counts;
  /** Of the runs that this apply selected: what its exit code is about. */
  readonly thisApply: Counts;
  /** What this apply paid. */
  readonly cost: Cost;
  readonly outputs: { readonly files: number; readonly bytes: number };
  readonly possibleDuplicates: readonly PossibleDuplicate[];
}

/** What the command knows of an apply beside its runs. */
export interface BatchFacts {
  readonly name: string;
  /** Heading of report.html. */
  readonly title: string;
  /** The workflowId, or what stands in its place for another target. */
  readonly target: string;
  /** null: no apply began yet. */
  readonly startedAt: Instant | null;
  /** null: it never came to an orderly end. */
  readonly finishedAt: Instant | null;
  readonly exitCode: number | null;
  /** Why it stopped before its end; null when it did not. */
  readonly stop: string | null;
  readonly emulated: boolean;
  /** Creates that were accepted in this apply. */
  readonly submits: number;
  readonly assets: {
    readonly referenced: number;
    readonly unique: number;
    readonly uploaded: number;
    /** Sent in this apply. */
    readonly bytes: number;
  };
  readonly requests: { readonly create: number; readonly outputs: number };
  /** The most slots of the account that were in use at once; null: not known. */
  readonly slots: number | null;
}

export interface ReportRun {
  /** Place in the full expansion of the matrix. */
  readonly index: number;
  readonly id: RunId;
  readonly name: string;
  readonly status: RunStatus;
  /** This apply selected it, whatever it did with it. */
  readonly thisApply: boolean;
  /** Its task had ended before this apply began. */
  readonly reused: boolean;
  /** Submits that the service took for a try: refusals for want of room or by the account do not count. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly taskId: TaskId | null;
  readonly row: { readonly file: string; readonly line: number } | null;
  readonly tags: readonly string[];
  /** Variables of the matrix, in its order. */
  readonly values: ReadonlyMap<string, string>;
  readonly overrides: readonly OverrideRecord[];
  readonly outputs: readonly ReportOutput[];
  readonly error: RunError | null;
  /** Of the last attempt: from accepted to running, from running to its end. */
  readonly queueMs: number | null;
  readonly runMs: number | null;
  /** Of all its attempts. A twin's is nothing, since the first one paid. */
  readonly cost: Cost;
  /** The part of it that this apply paid. */
  readonly spent: Cost;
  readonly submittedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** Its time on the service, one for each task, oldest first; none for a twin, whose task is another run's. */
  readonly spans: readonly Span[];
  /** Index of the earlier run with the same fingerprint, which was submitted for both. */
  readonly twinOf: number | null;
  /** Why the service may have run it without our knowing; null: it did not. */
  readonly doubt: string | null;
}

/** A task's stay on the service: a slot was taken from its beginning to its end. */
export interface Span {
  readonly from: Instant;
  /** When it left the queue; null: that was never seen. */
  readonly running: Instant | null;
  /** When its end was seen; null: it had none yet. */
  readonly to: Instant | null;
  /** The earliest end that the service's own task time allows: the next task may have had its slot from then on. */
  readonly freed: Instant | null;
  readonly end: 'succeeded' | 'failed' | 'cancelled' | 'open';
}

export interface ReportOutput {
  /** Relative to the outputs' folder, `/` between parts; null: not on the disk yet. */
  readonly path: string | null;
  readonly url: string | null;
  readonly node: string | null;
  /** As the service names it: `png`, `mp4`, `txt` … */
  readonly type: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

export interface Counts {
  readonly total: number;
  readonly succeeded: number;
  /** Among the succeeded: done before this apply. */
  readonly reused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unknown: number;
  readonly pending: number;
}

/** A run that may be running, or have run, on the service without our knowing. */
interface PossibleDuplicate {
  readonly index: number;
  readonly id: RunId;
  readonly name: string;
  readonly why: string;
}

/** Puts runs in matrix order and counts them. */
export const makeReport = (facts: BatchFacts, runs: readonly ReportRun[]): BatchReport => {
  const ordered = [...runs].sort((a, b) => a.index - b.index);
  const own = ordered.filter(({ twinOf }) => twinOf === null);
  const files = own.flatMap(({ outputs }) => outputs.filter(({ path }) => path !== null));
  return {
    ...facts,
    runs: ordered,
    counts: countRuns(ordered),
    thisApply: countRuns(ordered.filter(({ thisApply }) => thisApply)),
    cost: own.reduce((sum, { spent }) => addCosts(sum, spent), noCost),
    outputs: {
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    },
    possibleDuplicates: own.flatMap(({ index, id, name, doubt }) =>
      doubt === null ? [] : [{ index, id, name, why: doubt }],
    ),
  };
};

const countRuns = (runs: readonly ReportRun[]): Counts => {
  const counts = {
    total: runs.length,
    succeeded: 0,
    reused: 0,
    failed: 0,
    cancelled: 0,
    unknown: 0,
    pending: 0,
  };
  for (const { status, reused } of runs) {
    counts[status] += 1;
    if (status === 'succeeded' && reused) counts.reused += 1;
  }
  return counts;
};

/** Wall time of the apply; 0 where its end or beginning is not known. */
export const durationOf = ({ startedAt, finishedAt }: BatchFacts): number =>
  startedAt === null || finishedAt === null ? 0 : Math.max(0, finishedAt - startedAt);
