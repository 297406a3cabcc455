/**
 * rh-batch as a library: the use cases behind the commands, without a terminal. Nothing here
 * prints, ends the process, or throws for what users, files, network or service do.
 */
import { applyBatch } from './batch/apply/apply-batch.js';
import { Broadcast } from './batch/broadcast.js';
import { exit } from './batch/exit.js';
import { checkedOptions } from './batch/options/check.js';
import type { ApplyOptions as ApplySettings, BatchOptions } from './batch/options/options.js';
import { plainProposals } from './batch/options/proposals.js';
import { planBatch } from './batch/plan/plan-batch.js';
import type { ProcessOptions } from './batch/quiet-io.js';
import { quietIo } from './batch/quiet-io.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { Problems } from './diagnostics/problems.js';
import type { LiveEvent, Recorded } from './journal/event.js';
import type { Estimate, PlannedUpload, PlanSummary } from './plan/plan.js';
import type { PlannedJson } from './plan/saved/plan-json.js';
import { plannedJson } from './plan/saved/plan-json.js';
import type { BatchReport } from './report/model.js';

export type { Diagnostic } from './diagnostics/diagnostic.js';
export type { Cost, JournalEvent, LiveEvent, OverrideRecord, RunError } from './journal/event.js';
export type { Estimate, PlannedUpload, PlanSummary } from './plan/plan.js';
export type { PlannedJson } from './plan/saved/plan-json.js';
export type { BatchReport, ReportOutput, ReportRun, RunStatus } from './report/model.js';
export type { RunId, TaskId } from './values/ids.js';

/** What `plan` is told beside the manifest; each option does what its flag does. */
export interface PlanOptions
  extends Omit<BatchOptions, 'manifest'>, Omit<ProcessOptions, 'signal'> {}
export type { PlanOptions as BatchOptions };

/** What `apply` is told beside the manifest; each option does what its flag does. */
export interface ApplyOptions extends Omit<ApplySettings, 'manifest'>, ProcessOptions {}

export type PlanResult =
  | {
      readonly is: 'refused';
      readonly exitCode: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly is: 'planned';
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly summary: PlanSummary;
      /** Distinct contents that would be uploaded. */
      readonly uploads: readonly PlannedUpload[];
      readonly estimate: Estimate;
      /** In matrix order, each with its reasons, as `plan --json` writes them; may be walked again. */
      runs(): AsyncIterable<PlannedJson>;
    };

/** What an apply would do, as `rh-batch plan` tells it. Nothing is sent, and no key is needed. */
export const plan = async (manifest: string, options: PlanOptions = {}): Promise<PlanResult> => {
  const problems = new Problems();
  const io = quietIo(options, () => undefined);
  const asked = { ...checkedOptions(options, problems), manifest };
  const made = await planBatch(asked, io, problems);
  const diagnostics = problems.kept;
  if (made === null) return { is: 'refused', exitCode: exit.badInput, diagnostics };
  const { summary, uploads, estimate } = made;
  return {
    is: 'planned',
    diagnostics,
    summary,
    uploads,
    estimate,
    runs: async function* () {
      for await (const run of made.runs()) if (run.selected) yield plannedJson(run);
    },
  };
};

/** Everything that happens in an apply: what the journal keeps, what is only shown, and diagnostics. */
export type BatchEvent =
  Recorded | LiveEvent | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic };

export type ApplyResult =
  /** A mistake (2), or another process holds the state (5): nothing was submitted. */
  | {
      readonly is: 'refused';
      readonly exitCode: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly is: 'ended';
      /** As the command's: 0 when every selected run is done. */
      readonly exitCode: number;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly report: BatchReport;
      /** Absolute: outputs and reports are in here. */
      readonly outputsDir: string;
    };

/** An apply at work. */
export interface Batch {
  /** May be read by several, each from its start on. Leaving the loop does not stop the apply. */
  readonly events: AsyncIterable<BatchEvent>;
  /** Rejects for faults of rh-batch only: whatever users, files, network and service do is in it. */
  readonly result: Promise<ApplyResult>;
}

/** Runs what is missing or changed, as `rh-batch apply` does. Begins at once. */
export const apply = (manifest: string, options: ApplyOptions = {}): Batch => {
  const events = new Broadcast<BatchEvent>();
  const result = work(manifest, options, events);
  // Told by whichever of the two is waited for; neither must end the process by itself.
  result.then(
    () => events.end(null),
    (cause: unknown) => events.end(cause instanceof Error ? cause : new Error(String(cause))),
  );
  return { events, result };
};

const work = async (
  manifest: string,
  options: ApplyOptions,
  events: Broadcast<BatchEvent>,
): Promise<ApplyResult> => {
  const problems = new Problems();
  const asked = { ...checkedOptions(options, problems), manifest };
  const diagnostics: Diagnostic[] = [];
  const io = quietIo(options, (text) => {
    for (const line of text.split('\n'))
      if (line !== '') events.tell({ type: 'notice', message: line });
  });
  const follower = {
    problems: ({ kept }: Problems) => {
      for (const diagnostic of kept) {
        if (diagnostics.includes(diagnostic)) continue;
        diagnostics.push(diagnostic);
        events.tell({ type: 'diagnostic', diagnostic });
      }
    },
    progress: () =>
      Promise.resolve({
        on: (event: Recorded | LiveEvent) => events.tell(event),
        stop: () => Promise.resolve(),
      }),
  };
  const around = { io, follower, proposals: plainProposals };
  const applied = await applyBatch(asked, around, problems);
  if (applied.is === 'refused') return { ...applied, diagnostics };
  const { exitCode, report, project } = applied;
  return { is: 'ended', exitCode, diagnostics, report, outputsDir: project.outputsDir };
};
