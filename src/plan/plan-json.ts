import type { Plan } from './plan.js';
import { recordOf } from './record.js';

/** The plan as one JSON document, in pieces: a large plan is never one text. */
export async function* planJson(plan: Plan): AsyncGenerator<string> {
  const { total, new: fresh, changed, retry, unknown, upToDate, download } = plan.summary;
  const summary = { total, new: fresh, changed, retry, unknown, upToDate, download };
  yield `{"version":1,"summary":${JSON.stringify(summary)},"uploads":${JSON.stringify(plan.uploads)},"runs":[`;
  let between = '';
  for await (const run of plan.runs()) {
    const { index, id, name, action, reasons, row, tags, values, overrides } = run;
    yield `${between}${JSON.stringify({
      index,
      id,
      name,
      action,
      reasons,
      row,
      tags,
      values: Object.fromEntries(values),
      overrides: overrides.map(recordOf),
    })}`;
    between = ',\n';
  }
  yield ']}\n';
}
