import type { BatchState, RunRecord } from '../journal/state.js';
import type { Plan, PlannedRun } from '../plan/plan.js';

export interface Adoptable {
  readonly record: RunRecord;
  readonly run: PlannedRun;
}

/** Runs whose task is paid for and not yet on the disk. */
export const adoptable = (state: BatchState): RunRecord[] =>
  [...state.runs.values()].filter(({ state: { is } }) => is === 'inFlight' || is === 'fetching');

/**
 * Joins records with their runs of the plan. A record whose row is no longer in the manifest
 * is paid for all the same: it keeps the name that the journal has.
 */
export const plannedOf = async (
  plan: Plan,
  records: readonly RunRecord[],
): Promise<Adoptable[]> => {
  const wanted = new Map(records.map((record) => [record.id, record]));
  const found: Adoptable[] = [];
  for await (const run of plan.runs()) {
    if (wanted.size === 0) break;
    const record = wanted.get(run.id);
    if (record === undefined) continue;
    wanted.delete(run.id);
    found.push({ record, run });
  }
  for (const record of wanted.values()) found.push({ record, run: fromRecord(record) });
  return found;
};

/** A run as the journal knows it. */
export const fromRecord = ({ id, inputs }: RunRecord): PlannedRun => ({
  index: inputs.index,
  id,
  name: inputs.name,
  selected: false,
  acts: false,
  action: 'download',
  reasons: ['no longer in the manifest; its task is paid for'],
  row: inputs.row,
  tags: inputs.tags,
  values: new Map(Object.entries(inputs.values)),
  overrides: [],
  repeat: inputs.repeat,
  twinOf: null,
});
