import type { BatchState } from '../../journal/state.js';
import type { Plan } from '../../plan/plan.js';
import type { BatchFacts } from '../../report/model.js';
import { titleOf } from './results.js';

/** What a report tells of an apply beside its runs, as far as the journal knows it. */
export const factsOfJournal = (
  plan: Plan,
  state: BatchState,
  emulated: boolean,
): Omit<BatchFacts, 'assets'> & { readonly assets: Omit<BatchFacts['assets'], 'referenced'> } => {
  const { told } = state;
  return {
    name: plan.manifest.name,
    title: titleOf(plan.manifest),
    target: plan.manifest.target.id,
    startedAt: state.beganAt,
    finishedAt: state.endedAt,
    exitCode: state.exitCode,
    stop: state.stop,
    emulated,
    submits: state.accepted,
    assets: {
      unique: plan.assets.size,
      uploaded: told?.uploads.count ?? 0,
      bytes: told?.uploads.bytes ?? 0,
    },
    requests: told?.requests ?? { create: state.creates, outputs: 0 },
    slots: told?.slots ?? null,
  };
};
