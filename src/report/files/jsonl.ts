import type { OverrideRecord, RunError } from '../../journal/event.js';
import { amount } from '../cost.js';
import { exactJson } from '../../values/json-plain.js';
import type { ReportRun } from '../model.js';
import type { ListedRuns } from '../runs-digest.js';
import { isoTime } from '../time.js';

/** results.jsonl: one object per run, in matrix order (DESIGN 10, schemas/results.schema.json). */
export function* resultsJsonl({ runs }: ListedRuns): Iterable<string> {
  for (const run of runs) yield `${exactJson(resultOf(run))}\n`;
}

const resultOf = (run: ReportRun): Record<string, unknown> => ({
  index: run.index,
  id: run.id,
  name: run.name,
  status: run.status,
  thisApply: run.thisApply,
  reused: run.reused,
  attempts: run.attempts,
  taskId: run.taskId,
  row: run.row === null ? null : { file: run.row.file, line: run.row.line },
  // Defines own properties: a column that is called __proto__ stays one.
  values: Object.fromEntries(run.values),
  overrides: run.overrides.map(overrideOf),
  outputs: run.outputs.map(({ path, url, node, type, bytes, sha256 }) => ({
    path,
    url,
    node,
    type,
    bytes,
    sha256,
  })),
  error: run.error === null ? null : errorOf(run.error),
  queueMs: run.queueMs,
  runMs: run.runMs,
  coins: amount(run.cost.coins),
  money: amount(run.cost.money),
  submittedAt: isoTime(run.submittedAt),
  finishedAt: isoTime(run.finishedAt),
  version: 1,
});

const overrideOf = (override: OverrideRecord): Record<string, unknown> => ({
  node: override.node,
  title: override.title,
  class: override.class,
  field: override.field,
  value: override.value,
  ...(override.asset === undefined ? {} : { asset: override.asset }),
  ...(override.asSaved === undefined ? {} : { asSaved: true }),
});

const errorOf = ({ class: kind, code, message, node, field, traceback }: RunError): RunError => ({
  class: kind,
  code,
  message,
  node,
  field,
  traceback,
});
