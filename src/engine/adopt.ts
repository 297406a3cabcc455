import type { PlannedRun } from '../plan/plan.js';
import type { Plan } from '../plan/plan.js';
import type { BatchState, RunRecord } from '../journal/state.js';
import type { Context } from './context.js';
import type { Settler } from './settle/settle.js';
import { followedTask } from './watch/task.js';

interface Adoptable {
  readonly record: RunRecord;
  readonly run: PlannedRun;
}

/** Tasks that an earlier apply left in flight or unfetched: followed, and never submitted again. */
export const adopt = async (context: Context, settler: Settler): Promise<void> => {
  await findLost(context);
  const records = adoptable(context.edges.journal.state);
  if (records.length === 0) return;
  for (const { record, run } of await plannedOf(context.plan, records)) {
    const { state } = record;
    // The plan says that the task is no more: only an emulator's is, whose process has ended.
    if (run.action === 'changed') continue;
    context.adopted.add(record.id);
    if (state.is === 'inFlight') {
      const { attempt, taskId, since, runningSince } = state;
      if (context.options.leave.has(taskId)) continue;
      context.slots.take(context.now);
      context.inFlight.add(
        followedTask({ run, attempt, taskId, acceptedAt: since, runningAt: runningSince }),
      );
      context.edges.show({ type: 'adopted', run: run.id, taskId });
    } else if (state.is === 'fetching' && run.action === 'download') {
      const { outputs, files, error } = state;
      const earlier = { stale: error !== undefined, ...(files === undefined ? {} : { files }) };
      context.track(settler.fetch(run, state.taskId, outputs, earlier));
    }
  }
};

/**
 * Submits of an earlier apply whose answer was lost: where their task had a name before it was
 * submitted, the service is asked. A task that exists is followed; where none exists, the run is as
 * if it had not been submitted.
 */
const findLost = async (context: Context): Promise<void> => {
  const { edges, plan, stopReads } = context;
  const { service, journal } = edges;
  const { onUnknown } = plan.manifest.execution;
  if (service.named === undefined) return;
  for (const { id, state, attempts } of [...journal.state.runs.values()]) {
    const named = attempts.at(-1)?.named;
    if (state.is !== 'unknown' || named === undefined || stopReads.signal.aborted) continue;
    const { attempt } = state;
    const found = await service.named.find(named, stopReads.signal);
    const event = { run: id, attempt } as const;
    if (found.is === 'there')
      await context.record({
        type: 'resolved',
        ...event,
        how: { is: 'task', taskId: found.taskId },
      });
    else if (found.is === 'absent' && onUnknown !== 'hold')
      await context.record({
        type: 'resolved',
        ...event,
        how: { is: 'noTask', evidence: found.said },
      });
    else await context.record({ type: 'judged', ...event, said: found.said, candidates: [] });
  }
};

/** Runs whose task is paid for and not yet on the disk. */
const adoptable = (state: BatchState): RunRecord[] =>
  [...state.runs.values()].filter(({ state: { is } }) => is === 'inFlight' || is === 'fetching');

/**
 * Joins records with their runs of the plan. A record whose row is no longer in the manifest
 * is still paid for, and keeps the name that the journal has.
 */
const plannedOf = async (plan: Plan, records: readonly RunRecord[]): Promise<Adoptable[]> => {
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
