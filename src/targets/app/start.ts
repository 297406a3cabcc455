import type { Json } from '../../values/json.js';
import { isObject } from '../../values/json-text.js';
import { behind, digitsUnder, idInPage, listOf, seenTask, textOf } from '../seen-call.js';
import type { SeenCall, SeenTask, TargetStart } from '../target.js';

/** `takes`: the app's own `TargetSyntax.takes`. */
export const appStart = (takes: readonly string[]): TargetStart => ({
  asks: "the app's webappId, the last part of its URL (…/ai-detail/187…)",
  file: 'app.json',
  idOf: (typed) => idInPage(typed, /\/ai-detail\/(\d+)/),
  idIn: (json) => digitsUnder(json, 'webappId'),
  keys: (id) => [['webappId', id]],
  seen: (call) => seen(call, takes),
});

/** `ai-app/run`, and V2's `run/ai-app/ID` (runninghub-api 2.3, 2.6). */
const seen = (call: SeenCall, takes: readonly string[]): SeenTask | null => {
  const inPath = behind(call.path, '/openapi/v2/run/ai-app/');
  if (inPath === null && call.path.replace(/\/+$/, '') !== '/task/openapi/ai-app/run') return null;
  const id = inPath ?? textOf(call.body.get('webappId')) ?? '';
  return seenTask(id, call, ['webappId', 'webappName'], takes, wholeExample(call));
};

/** Entries that name their nodes are what the app's page gives; shorter ones tell too little. */
const wholeExample = ({ body }: SeenCall): Json | null => {
  const list = listOf(body);
  const whole = list.length > 0 && list.every((entry) => isObject(entry) && entry.has('nodeName'));
  return whole ? new Map([['nodeInfoList', list]]) : null;
};
