import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { MapReader } from '../../manifest/reader.js';
import type { Json, JsonObject } from '../../values/json.js';
import { isList } from '../../values/json-text.js';
import { graphIdentity } from '../../workflow/identity.js';
import { parseWorkflow } from '../../workflow/parse.js';
import { patchedGraph } from '../../workflow/patch.js';
import type { RequestInput, SentField, TargetModule, TargetStart } from '../target.js';
import { addressOf, nativePath, serversIn } from './address.js';

/**
 * What its runs are called by: a result does not depend on which machine made it, so no address is
 * part of a fingerprint. Never changes.
 */
const id = 'comfyui';

/** What is charged is nothing, or is not told: a budget of it would never end anything. */
const refuseCoins = (top: MapReader, problems: Problems): void => {
  const budget = top.section('budget');
  const native = nativeIn(top);
  const why =
    native === null
      ? 'means nothing for "server": it takes none'
      : `cannot be kept with "server: ${native}": what a prompt costs there is not told`;
  for (const key of ['coins', 'money'])
    if (budget.has(key))
      problems.add(
        error('E0176', budget.keyAt(key), `"budget.${key}" ${why}`, {
          hint: 'budget.wallTime, budget.taskTime or budget.runs; or write this one in the profile that runs on RunningHub',
        }),
      );
};

/** RunningHub's native API runs one prompt at a time. */
const refuseMany = (top: MapReader, problems: Problems): void => {
  const native = nativeIn(top);
  const execution = top.section('execution');
  const count = execution.number('concurrency');
  if (native !== null && count !== null && count > 1)
    problems.add(
      error('E0190', execution.at('concurrency'), `"server: ${native}" runs one prompt at a time`, {
        hint: 'concurrency: 1, or auto; workflowId runs as many tasks as the account has room for',
      }),
    );
};

const nativeIn = (top: MapReader): string | null =>
  top.list('server').find(({ value }) => nativePath(value) !== null)?.value ?? null;

/** The address of a page of ComfyUI, not one of RunningHub's. */
const serverTyped = (typed: string): string | null => {
  const read = addressOf(typed);
  if (!read.ok || nativePath(read.address) !== null) return null;
  const { hostname, pathname } = new URL(read.address);
  return /(?:^|\.)runninghub\.(?:cn|ai)$/i.test(hostname) || pathname.length > 1
    ? null
    : read.address;
};

const start: TargetStart = {
  asks: "the server's address (http://127.0.0.1:8188)",
  file: 'api.json',
  idOf: serverTyped,
  idIn: () => null,
  keys: (typed) => [['server', typed]],
  seen: () => null,
};

/** A ComfyUI server of one's own: `server` and its `api` file (comfyui-api). */
export const comfyuiTarget: TargetModule = {
  syntax: {
    kind: 'server',
    key: 'server',
    file: 'api',
    takes: [],
    id: (top, problems) => {
      refuseCoins(top, problems);
      refuseMany(top, problems);
      return id;
    },
    servers: serversIn,
  },
  family: 'classic',
  showsOutputs: true,
  // Its file is a graph, which the workflow's module knows as its own.
  isFile: () => false,
  read: ({ file, content, loaders }, problems) =>
    parseWorkflow(file, content, { loaders, id: null }, problems),
  identity: (workflow) => graphIdentity(workflow),
  pinned: () => [],
  request: (input) => ({ path: '/prompt', body: new Map([['prompt', graphOf(input)]]) }),
  price: null,
  check: null,
  fileHint: () => 'save it in ComfyUI: Workflow > Export (API)',
  pull: null,
  saved: () => ({ workflows: new Map(), apps: new Map(), models: new Map() }),
  start,
};

/** The whole graph; what the run sets stands in its place. */
const graphOf = ({ workflow, sent }: RequestInput): JsonObject => {
  const values = new Map<string, Map<string, Json>>();
  for (const field of sent) {
    const fields = values.get(field.node) ?? new Map<string, Json>();
    values.set(field.node, fields.set(field.field, valueOf(field)));
  }
  for (const node of workflow.nodes.values())
    for (const { name, value } of node.fields.values()) {
      if (!isList(value) || values.get(node.id)?.has(name) === true) continue;
      const fields = values.get(node.id) ?? new Map<string, Json>();
      values.set(node.id, fields.set(name, wrapped(value)));
    }
  return patchedGraph(workflow, values);
};

const valueOf = ({ json }: SentField): Json => (isList(json) ? wrapped(json) : json);

/** A bare list would be read as a link to another node (comfyui-api 2.4). */
const wrapped = (list: readonly Json[]): Json => new Map<string, Json>([['__value__', list]]);
