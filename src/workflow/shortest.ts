import { selectNodes } from './select.js';
import type { Workflow, WorkflowNode } from './workflow.js';

/**
 * The shortest address that names this field and no other: by title, by class, through the
 * node it feeds, by id. The id always works.
 */
export const shortestAddress = (workflow: Workflow, node: WorkflowNode, field: string): string => {
  for (const selector of selectors(workflow, node)) {
    const address = `${selector}.${field}`;
    if (names(workflow, address, selector, node, field)) return address;
  }
  return `id:${node.id}.${field}`;
};

/** Candidates, best first. What people see in the editor, the title, comes before the class. */
const selectors = (workflow: Workflow, node: WorkflowNode): string[] => {
  const plain = [node.title, node.classType].filter(
    (name): name is string => name !== null && usable(name),
  );
  const tagged = [
    ...(node.title !== null && usable(node.title) ? [`title:${node.title}`] : []),
    `class:${node.classType}`,
  ];
  return [...plain, ...wired(workflow, node), ...tagged];
};

/** A title such as `a/b`, `x[*]` or `id:7` would be read as something else. */
const usable = (name: string): boolean =>
  name.trim() === name &&
  name !== '' &&
  !/[[\]\n\r]/.test(name) &&
  !/^(?:id|title|class):/.test(name);

/** `KSampler/positive`: through the nodes that this one feeds. */
const wired = (workflow: Workflow, node: WorkflowNode): string[] => {
  const found: string[] = [];
  for (const consumer of workflow.nodes.values())
    for (const [input, link] of consumer.links)
      if (link.node === node.id && /^[\p{L}\p{N}_]+$/u.test(input))
        for (const name of [consumer.title, consumer.classType])
          if (name !== null && usable(name)) found.push(`${name}/${input}`);
  return found.sort((a, b) => a.length - b.length);
};

/** Whether the address, tried at every dot, can only mean this field. */
const names = (
  workflow: Workflow,
  address: string,
  selector: string,
  node: WorkflowNode,
  field: string,
): boolean => {
  for (let dot = address.indexOf('.'); dot !== -1; dot = address.indexOf('.', dot + 1)) {
    const left = address.slice(0, dot);
    const right = address.slice(dot + 1);
    const nodes = selectNodes(workflow, left);
    if (left === selector) {
      if (nodes.length !== 1 || nodes[0] !== node) return false;
    } else if (nodes.length === 1 && nodes[0]?.fields.has(right) === true) return false;
  }
  return node.fields.has(field);
};
