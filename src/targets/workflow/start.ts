import type { Json } from '../../values/json.js';
import { isObject, parseJson } from '../../values/json-text.js';
import { behind, digitsUnder, idInPage, seenTask, textOf } from '../seen-call.js';
import type { SeenCall, SeenTask, TargetStart } from '../target.js';

/** `takes`: the workflow's own `TargetSyntax.takes`. */
export const workflowStart = (takes: readonly string[]): TargetStart => ({
  asks: "the workflow's id, the last part of its URL (…/workflow/198…)",
  file: 'api.json',
  idOf: (typed) => idInPage(typed, /\/workflow\/(\d+)/),
  idIn: (json) => digitsUnder(json, 'workflowId'),
  keys: (id) => [['workflowId', id]],
  seen: (call) => seen(call, takes),
});

/** `create`, and V2's `run/workflow/ID` (runninghub-api 2.2, 2.6). */
const seen = (call: SeenCall, takes: readonly string[]): SeenTask | null => {
  const inPath = behind(call.path, '/openapi/v2/run/workflow/');
  if (inPath === null && call.path.replace(/\/+$/, '') !== '/task/openapi/create') return null;
  const id = inPath ?? textOf(call.body.get('workflowId')) ?? '';
  const graph = graphIn(call.body.get('workflow'));
  const known = ['workflowId', ...(graph === null ? [] : ['workflow'])];
  const task = seenTask(id, call, known, takes, graph);
  return graph === null ? task : { ...task, options: [...task.options, ['submit', 'workflow']] };
};

/** The whole graph as a JSON text, which then stands above what is saved. */
const graphIn = (value: Json | undefined): Json | null => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  return read?.ok === true && isObject(read.value) ? read.value : null;
};
