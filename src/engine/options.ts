import type { RunError, RunInputs } from '../journal/event.js';
import type { PlannedRun } from '../plan/plan.js';
import type { CreateRequest } from '../runninghub/service.js';
import type { RunId, TaskId } from '../values/ids.js';
import type { Stop } from './limits.js';
import type { PollPolicy } from './watch/policy.js';

export interface EngineOptions {
  /** The create call of one run (plan/request). */
  readonly request: (
    run: PlannedRun,
    fileNames: ReadonlyMap<string, string>,
    attempt: number,
  ) => CreateRequest;
  /** What the first intent of a run records about it. */
  readonly inputs: (run: PlannedRun) => RunInputs;
  readonly policy: PollPolicy;
  /** Expected run time in ms; null: no estimate that differs from those of the other runs. */
  readonly expectedMs: (run: PlannedRun) => number | null;
  /** Free slots that the service reported, where `auto` starts; null: it did not report any. */
  readonly room: number | null;
  /** How many tasks may be in flight at once, whatever the manifest says; absent: as it says. */
  readonly inFlight?: number;
  /** Ids of the nodes whose outputs are kept; null: all. */
  readonly nodes: ReadonlySet<string> | null;
  /** Tasks in flight that belong to other accounts. They are not followed. */
  readonly leave: ReadonlySet<string>;
  /** Aborted by the first signal. */
  readonly interrupted: AbortSignal;
  /** How long output links stay valid after the end of their task; a day by default. */
  readonly linkLifeMs?: number;
  /** How long a service that does not answer is waited for. */
  readonly outageTimeoutMs: number;
}

export interface EngineResult {
  readonly stop: Stop | null;
  /** Runs that were not submitted because an asset could not be uploaded. */
  readonly blocked: ReadonlyMap<RunId, RunError>;
  /** Tasks that succeeded and whose outputs are still to be fetched. */
  readonly unfetched: ReadonlyMap<RunId, RunError>;
  /** Creates that were accepted. */
  readonly accepted: number;
  /** In flight when the apply ended. The next apply follows them. */
  readonly inFlight: readonly TaskId[];
}
