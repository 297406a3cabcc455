import { canonicalJson } from '../values/json-text.js';
import { sameDecimal } from '../values/decimal.js';
import { JsonNumber } from '../values/json.js';
import type { Field, Workflow, WorkflowNode } from './workflow.js';

export type Drift =
  | { readonly is: 'same' }
  /** Local fields whose saved value differs: sent with every run, so that the local file is what runs. */
  | { readonly is: 'values'; readonly differing: readonly Field[] }
  /** The saved graph is another one: nothing can be sent. */
  | { readonly is: 'structure'; readonly differences: readonly string[] };

/**
 * Compares api.json with the graph that the service saved (DESIGN 6). The service matches by
 * node id, so ids count here.
 */
export const compareGraphs = (local: Workflow, saved: Workflow): Drift => {
  const differences: string[] = [];
  const differing: Field[] = [];
  for (const node of local.nodes.values()) {
    const other = saved.nodes.get(node.id);
    if (other === undefined)
      differences.push(`node ${node.id} (${node.classType}) is not in the saved workflow`);
    else if (other.classType !== node.classType)
      differences.push(`node ${node.id} is ${node.classType} here and ${other.classType} there`);
    else {
      differences.push(...wiringDifferences(node, other));
      for (const field of node.fields.values()) {
        const there = other.fields.get(field.name);
        if (there !== undefined && !sameValue(field, there)) differing.push(field);
      }
    }
  }
  for (const node of saved.nodes.values())
    if (!local.nodes.has(node.id))
      differences.push(`node ${node.id} (${node.classType}) is only in the saved workflow`);
  if (differences.length > 0) return { is: 'structure', differences };
  return differing.length > 0 ? { is: 'values', differing } : { is: 'same' };
};

const wiringDifferences = (here: WorkflowNode, there: WorkflowNode): string[] => {
  const name = `${here.classType} (node ${here.id})`;
  const differences: string[] = [];
  for (const [input, link] of here.links) {
    const other = there.links.get(input);
    if (other === undefined) differences.push(`${name}.${input} is wired here and not there`);
    else if (other.node !== link.node || other.slot !== link.slot)
      differences.push(
        `${name}.${input} is wired from node ${link.node} here, ${other.node} there`,
      );
  }
  for (const input of there.links.keys())
    if (!here.links.has(input)) differences.push(`${name}.${input} is wired there and not here`);
  for (const field of here.fields.keys())
    if (!there.fields.has(field) && !there.links.has(field))
      differences.push(`${name}.${field} is not a field of the saved node`);
  return differences;
};

const sameValue = (here: Field, there: Field): boolean =>
  here.value instanceof JsonNumber && there.value instanceof JsonNumber
    ? sameDecimal(here.value.source, there.value.source)
    : canonicalJson(here.value) === canonicalJson(there.value);
