import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import type { Workflow } from './workflow.js';

/** The whole graph as JSON text with some fields replaced (`submit: workflow`); digits are kept. */
export const patchGraph = (
  workflow: Workflow,
  values: ReadonlyMap<string, ReadonlyMap<string, Json>>,
): string => jsonText(patchedGraph(workflow, values));

/** The same as a value. */
export const patchedGraph = (
  workflow: Workflow,
  values: ReadonlyMap<string, ReadonlyMap<string, Json>>,
): JsonObject => {
  const graph = new Map<string, Json>();
  for (const node of workflow.nodes.values()) {
    const inputs = new Map<string, Json>();
    for (const [name, link] of node.links)
      inputs.set(name, [link.node, new JsonNumber(String(link.slot))]);
    for (const [name, field] of node.fields)
      inputs.set(name, values.get(node.id)?.get(name) ?? field.value);
    const entry = new Map<string, Json>([
      ['inputs', inputs],
      ['class_type', node.classType],
    ]);
    if (node.title !== null) entry.set('_meta', new Map([['title', node.title]]));
    graph.set(node.id, entry);
  }
  return graph;
};
