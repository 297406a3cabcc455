import { hash } from 'node:crypto';
import type { BaseKnown } from '../journal/event.js';
import type { GraphIdentity } from '../workflow/identity.js';
import type { Field, Workflow, WorkflowNode } from '../workflow/workflow.js';
import type { Override, OverrideValue } from './plan.js';

/** What the journal keeps of the base graph, so that a later plan can tell what changed in it. */
export const baseOf = (graph: GraphIdentity, instance: string | null): BaseKnown => {
  const { fields, wiring, digest } = graph;
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: 'base',
    sha256: hash('sha256', JSON.stringify([digest, wiring, instance, sorted])),
    fields,
    wiring,
    instance,
  };
};

export const overrideOf = (node: WorkflowNode, field: Field, value: OverrideValue): Override => ({
  node: node.id,
  title: node.title,
  class: node.classType,
  field: field.name,
  value,
});

/** Base values as overrides: what is sent with every run that does not set the fields. */
export const baseValues = (workflow: Workflow, fields: readonly Field[]): Override[] =>
  fields.flatMap((field) => {
    const node = workflow.nodes.get(field.node);
    return node === undefined ? [] : [overrideOf(node, field, { is: 'json', json: field.value })];
  });
