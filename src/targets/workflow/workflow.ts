import { digitsOf } from '../../manifest/target.js';
import type { JsonObject } from '../../values/json.js';
import { isObject, parseJson } from '../../values/json-text.js';
import { isSeedField } from '../../workflow/fields.js';
import { graphIdentity } from '../../workflow/identity.js';
import { parseWorkflow } from '../../workflow/parse.js';
import { patchGraph } from '../../workflow/patch.js';
import { pullCommand } from '../../workflow/pull-command.js';
import type { Json } from '../../values/json.js';
import { createMembers, nodeInfo } from '../node-info.js';
import type { RequestInput, TargetModule } from '../target.js';
import { savedGraph } from './saved-graph.js';
import { workflowStart } from './start.js';

const takes = [
  'instance',
  'addMetadata',
  'webhookUrl',
  'usePersonalQueue',
  'retainSeconds',
  'submit',
];

/** A saved ComfyUI workflow: `workflowId` and its `api` file. */
export const workflowTarget: TargetModule = {
  syntax: {
    kind: 'workflow',
    key: 'workflowId',
    file: 'api',
    takes,
    id: (top, problems) => digitsOf(top, 'workflowId', "the workflow's URL", problems),
  },
  family: 'classic',
  showsOutputs: true,
  isFile: (json) =>
    isObject(json) && [...json.values()].some((node) => isObject(node) && node.has('class_type')),
  read: ({ id, file, content, loaders }, problems) =>
    parseWorkflow(file, content, { loaders, id }, problems),
  identity: (workflow) => graphIdentity(workflow),
  // The service gives every seed that is not listed a new random value (runninghub-api 2.2).
  pinned: (workflow) =>
    [...workflow.nodes.values()].flatMap(({ fields }) =>
      [...fields.values()].filter(({ name, kind }) => isSeedField(name) && kind !== 'null'),
    ),
  request: (input) => ({
    path: '/task/openapi/create',
    body: bodyOf(input),
    takesPassword: true,
  }),
  price: null,
  check: savedGraph,
  fileHint: (id, file) =>
    `export it with "Export (API)", or ${pullCommand(null, id === '' ? 'WORKFLOWID' : id, file)}`,
  pull: {
    flag: null,
    out: 'api.json',
    from: {
      is: 'service',
      fetch: async (id, service) => {
        const answer = await service.workflow(id);
        if (answer.is === 'failed') return { ok: false, message: answer.fault.message };
        const read = parseJson(answer.prompt);
        return read.ok
          ? { ok: true, json: read.value }
          : { ok: false, message: `the service gave a graph that is no JSON: ${read.message}` };
      },
    },
  },
  saved: (id, text) => ({ workflows: new Map([[id, text]]), apps: new Map(), models: new Map() }),
  start: workflowStart(takes),
};

/** Body of `POST /task/openapi/create` (runninghub-api 2.2). */
const bodyOf = ({ id, workflow, sent, create, whole }: RequestInput): JsonObject => {
  const fields: [string, Json][] = whole
    ? [['workflow', patchGraph(workflow, byNode(sent))]]
    : sent.length > 0
      ? [['nodeInfoList', sent.map(nodeInfo)]]
      : [];
  return new Map<string, Json>([['workflowId', id], ...fields, ...createMembers(create)]);
};

const byNode = (sent: RequestInput['sent']): ReadonlyMap<string, ReadonlyMap<string, Json>> => {
  const values = new Map<string, Map<string, Json>>();
  for (const { node, field, json } of sent) {
    const fields = values.get(node) ?? new Map<string, Json>();
    values.set(node, fields.set(field, json));
  }
  return values;
};
