import { exit } from './exit.js';
import { planBatch } from './plan/plan-batch.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { PlannedJson } from '../plan/saved/plan-json.js';
import { plannedJson } from '../plan/saved/plan-json.js';
import type { Estimate, PlannedUpload, PlanSummary } from '../plan/plan.js';
import type { BatchOptions } from './options.js';
import { callOf } from './options.js';
import { quietIo } from './quiet-io.js';

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
export const plan = async (manifest: string, options: BatchOptions = {}): Promise<PlanResult> => {
  const problems = new Problems();
  const io = quietIo(options, () => undefined);
  const made = await planBatch(callOf(manifest, options), io, problems);
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
