import type { OverrideRecord, RunError } from '../../journal/event.js';
import type { Instant } from '../../journal/state.js';
import { isRunId, isTaskId } from '../../values/ids.js';
import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { toPlain } from '../../values/json-plain.js';
import { noCost } from '../cost.js';
import type { ReportOutput, ReportRun, RunStatus } from '../model.js';
import { statuses } from '../model.js';

/**
 * results.jsonl and summary.json of an earlier report, read back. They came from a file of
 * anyone's: what does not have the documented form is refused, and what a later version may have
 * added is passed over. A run's tags are not in the file.
 */
export type EarlierRuns =
  | { readonly ok: true; readonly runs: readonly ReportRun[] }
  | { readonly ok: false; readonly line: number; readonly why: string };

export const readResults = (text: string): EarlierRuns => {
  const runs: ReportRun[] = [];
  const variables = new Set<string>();
  let line = 0;
  for (const source of linesOf(text)) {
    line += 1;
    if (source.trim() === '') continue;
    const read = parseJson(source);
    if (!read.ok) return { ok: false, line, why: read.message };
    const run = runOf(read.value);
    if (typeof run === 'string') return { ok: false, line, why: run };
    for (const name of run.values.keys()) variables.add(name);
    if (variables.size > maxVariables)
      return { ok: false, line, why: `its runs have more than ${maxVariables} variables` };
    runs.push(run);
  }
  return { ok: true, runs };
};

/** Each is a cell of every run in the page. */
const maxVariables = 1000;

/** One after the other: all at once, a file of line ends would take a hundred times its size. */
function* linesOf(text: string): Iterable<string> {
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    yield text.slice(from, to);
    from = to + 1;
  }
}

export interface EarlierFacts {
  readonly name: string | null;
  readonly target: string | null;
  readonly startedAt: Instant | null;
}

/** null: the text is no summary. */
export const readSummary = (text: string): EarlierFacts | null => {
  const read = parseJson(text);
  if (!read.ok || !isObject(read.value)) return null;
  const { name, workflowId, startedAt } = Object.fromEntries(read.value);
  return { name: textOf(name), target: textOf(workflowId), startedAt: timeOf(startedAt) };
};

/** Of the format. Version 0.x wrote none. */
const knownVersion = 1;

const runOf = (value: Json): ReportRun | string => {
  if (!isObject(value)) return 'no object';
  if ((numberOf(value.get('version')) ?? knownVersion) > knownVersion)
    return 'a newer rh-batch wrote it';
  const [id, name, status] = ['id', 'name', 'status'].map((key) => textOf(value.get(key)) ?? '');
  const index = numberOf(value.get('index'));
  const known = statuses.find((one) => one === status);
  if (id === undefined || !isRunId(id)) return 'its id is none';
  if (name === undefined || name === '') return 'it has no name';
  if (known === undefined) return `its status "${status ?? ''}" is not known`;
  if (index === null) return 'it has no index';
  const taskId = textOf(value.get('taskId'));
  return {
    index,
    id,
    name,
    status: known,
    thisApply: value.get('thisApply') !== false,
    reused: value.get('reused') === true,
    attempts: numberOf(value.get('attempts')) ?? 0,
    taskId: taskId !== null && isTaskId(taskId) ? taskId : null,
    row: rowOf(value.get('row')),
    tags: [],
    values: new Map(entriesOf(value.get('values'))),
    overrides: objectsOf(value.get('overrides')).flatMap(overrideOf),
    outputs: objectsOf(value.get('outputs')).map(outputOf),
    error: errorOf(value.get('error'), known),
    queueMs: numberOf(value.get('queueMs')),
    runMs: numberOf(value.get('runMs')),
    cost: {
      coins: sourceOf(value.get('coins')),
      money: sourceOf(value.get('money')),
      taskTimeMs: null,
    },
    spent: noCost,
    submittedAt: timeOf(value.get('submittedAt')),
    finishedAt: timeOf(value.get('finishedAt')),
    spans: [],
    twinOf: null,
    doubt: null,
  };
};

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null;

const sourceOf = (value: Json | undefined): string | null =>
  value instanceof JsonNumber ? value.source : null;

const numberOf = (value: Json | undefined): number | null => {
  const number = value instanceof JsonNumber ? Number(value.source) : NaN;
  return Number.isFinite(number) ? number : null;
};

const timeOf = (value: Json | undefined): Instant | null => {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isFinite(at) ? at : null;
};

const objectsOf = (value: Json | undefined): readonly JsonObject[] =>
  value !== undefined && isList(value) ? value.filter((item) => isObject(item)) : [];

const entriesOf = (value: Json | undefined): readonly (readonly [string, string])[] =>
  isObject(value)
    ? [...value].flatMap(([name, text]) =>
        typeof text === 'string' ? [[name, text] as const] : [],
      )
    : [];

const rowOf = (value: Json | undefined): ReportRun['row'] => {
  if (!isObject(value)) return null;
  const [file, line] = [textOf(value.get('file')), numberOf(value.get('line'))];
  return file === null || line === null ? null : { file, line };
};

const overrideOf = (value: JsonObject): readonly OverrideRecord[] => {
  const [node, field] = [textOf(value.get('node')), textOf(value.get('field'))];
  if (node === null || field === null) return [];
  const asset = textOf(value.get('asset'));
  const override = {
    node,
    title: textOf(value.get('title')),
    class: textOf(value.get('class')) ?? '',
    field,
    value: toPlain(value.get('value') ?? null),
    ...(asset === null ? {} : { asset }),
    ...(value.get('asSaved') === true ? ({ asSaved: true } as const) : {}),
  };
  return [override];
};

const outputOf = (value: JsonObject): ReportOutput => ({
  path: textOf(value.get('path')),
  url: textOf(value.get('url')),
  node: textOf(value.get('node')),
  type: textOf(value.get('type')) ?? '',
  bytes: numberOf(value.get('bytes')),
  sha256: textOf(value.get('sha256')),
});

/** Its class tells what an engine does next, and nobody acts on an error of before. */
const errorOf = (value: Json | undefined, status: RunStatus): RunError | null =>
  isObject(value) && status !== 'succeeded'
    ? {
        class: 'local',
        code: textOf(value.get('code')),
        message: textOf(value.get('message')) ?? '',
        node: textOf(value.get('node')),
        field: textOf(value.get('field')),
        traceback: textOf(value.get('traceback')),
      }
    : null;
