import { hash } from 'node:crypto';
import { canonicalJson } from '../values/json-text.js';
import type { GraphIdentity } from '../workflow/identity.js';
import { shortestAddress } from '../workflow/shortest.js';
import type { Field, Workflow } from '../workflow/workflow.js';

/**
 * What a target without wires computes: the fields that are sent, and nothing else. So a new
 * optional parameter that no run sets is no reason to run again. Only its node's id tells one
 * LoadImage from another: the person from the coat.
 */
export const flatIdentity = (workflow: Workflow, sent: readonly Field[]): GraphIdentity => {
  const base = new Map<string, string>();
  const fields: Record<string, string> = {};
  for (const { node: id, name, value } of sent) {
    const node = workflow.nodes.get(id);
    if (node === undefined) continue;
    base.set(keyOf(id, node.classType, name), canonicalJson(value));
    fields[shortestAddress(workflow, node, name)] = canonicalJson(value);
  }
  const digest = digestOf(base);
  return {
    digest,
    wiring: '',
    fields,
    digestWith: (replacements) => {
      if (replacements.size === 0) return digest;
      const values = new Map(base);
      for (const [id, own] of replacements)
        for (const [name, text] of own)
          values.set(keyOf(id, workflow.nodes.get(id)?.classType ?? '', name), text);
      return digestOf(values);
    },
  };
};

const keyOf = (node: string, classType: string, field: string): string =>
  JSON.stringify([node, classType, field]);

const digestOf = (values: ReadonlyMap<string, string>): string =>
  hash('sha256', JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1))));

/** Fields that have a value of their own. */
export const given = ({ nodes }: Workflow): Field[] =>
  [...nodes.values()].flatMap(({ fields }) =>
    [...fields.values()].filter(({ value }) => value !== null),
  );
