import type { OverrideRecord } from '../../journal/event.js';
import type { Plan, PlannedRun } from '../plan.js';
import { recordOf } from './record.js';

/** The selected part of the plan as one JSON document, in pieces: a large plan is never one text. */
export async function* planJson(
  plan: Pick<Plan, 'manifest' | 'summary' | 'uploads' | 'moves' | 'runs'>,
): AsyncGenerator<string> {
  const {
    total,
    new: fresh,
    changed,
    retry,
    unknown,
    cancelled,
    upToDate,
    download,
  } = plan.summary;
  const summary = { total, new: fresh, changed, retry, unknown, cancelled, upToDate, download };
  yield `{"version":1,"summary":${JSON.stringify(summary)},"uploads":${JSON.stringify(plan.uploads)},"files":${JSON.stringify(moved(plan))},"notify":${JSON.stringify(notified(plan.manifest))},"runs":[`;
  let between = '';
  for await (const run of plan.runs()) {
    if (!run.selected) continue;
    yield `${between}${JSON.stringify(plannedJson(run))}`;
    between = ',\n';
  }
  yield ']}\n';
}

/** Kept files that are to have another name or place. */
const moved = ({ moves }: Pick<Plan, 'moves'>): readonly object[] =>
  moves.flatMap(({ run, files }) =>
    files.flatMap(({ file, from, to, how }) =>
      how === 'keep' ? [] : [{ run, from: how === 'rename' ? file.path : from, to, how }],
    ),
  );

/** Who is told of the end, and what is started for it. A URL may be a secret: it is not repeated. */
const notified = ({ notify }: Plan['manifest']): object | null => {
  if (notify === null) return null;
  const { on } = notify;
  return notify.is === 'command'
    ? { is: 'command', command: notify.command, on }
    : { is: 'url', on };
};

/** A planned run in plain JSON. */
export interface PlannedJson extends Pick<
  PlannedRun,
  'index' | 'id' | 'name' | 'action' | 'reasons' | 'row' | 'tags'
> {
  readonly values: Readonly<Record<string, string>>;
  readonly overrides: readonly OverrideRecord[];
}

export const plannedJson = (run: PlannedRun): PlannedJson => {
  const { index, id, name, action, reasons, row, tags, values, overrides } = run;
  return {
    index,
    id,
    name,
    action,
    reasons,
    row,
    tags,
    values: Object.fromEntries(values),
    overrides: overrides.map(recordOf),
  };
};
