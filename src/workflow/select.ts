import type { Workflow, WorkflowNode } from './workflow.js';

/** A selector's text, taken apart (DESIGN 4.2). */
export interface Selector {
  readonly kind: 'any' | 'id' | 'title' | 'class';
  readonly name: string;
  /** `a/b/c`: inputs to walk up, in order. */
  readonly inputs: readonly string[];
  /** `[*]`: all matches, on purpose. */
  readonly all: boolean;
}

export const parseSelector = (text: string): Selector => {
  const all = text.endsWith('[*]');
  const body = all ? text.slice(0, -3) : text;
  const [head = '', ...inputs] = splitPath(body);
  const match = /^(id|title|class):(.+)$/s.exec(head);
  const [, kind, name] = match ?? [];
  if ((kind === 'id' || kind === 'title' || kind === 'class') && name !== undefined)
    return { kind, name: name.trim(), inputs, all };
  return { kind: 'any', name: head, inputs, all };
};

/** Titles may hold slashes: only a slash before a plain input name begins a step. */
const splitPath = (text: string): string[] => {
  const parts = text.split('/');
  const inputs: string[] = [];
  while (parts.length > 1 && /^[\p{L}\p{N}_]+$/u.test(parts.at(-1) ?? ''))
    inputs.unshift(parts.pop() ?? '');
  return [parts.join('/'), ...inputs];
};

/** Nodes that a selector matches, in the graph's order; a step that leads nowhere matches none. */
export const selectNodes = (workflow: Workflow, text: string): WorkflowNode[] => {
  // A title that holds the whole text, slashes included, is meant literally.
  const literal = matching(workflow, { kind: 'any', name: text, inputs: [], all: false });
  if (literal.length > 0) return literal;
  const selector = parseSelector(text);
  return unique(
    matching(workflow, selector).flatMap((node) => {
      const reached = walk(workflow, node, selector.inputs);
      return reached === null ? [] : [reached];
    }),
  );
};

const matching = (workflow: Workflow, { kind, name }: Selector): WorkflowNode[] => {
  const wanted = name.normalize('NFC');
  const found: WorkflowNode[] = [];
  for (const node of workflow.nodes.values()) {
    const byId = kind !== 'title' && kind !== 'class' && node.id === wanted;
    const byTitle = kind !== 'id' && kind !== 'class' && node.title?.normalize('NFC') === wanted;
    const byClass = kind !== 'id' && kind !== 'title' && node.classType === wanted;
    if (byId || byTitle || byClass) found.push(node);
  }
  return found;
};

/** Up the wires: the node wired into each input in turn, passing through reroutes. */
const walk = (
  workflow: Workflow,
  start: WorkflowNode,
  inputs: readonly string[],
): WorkflowNode | null => {
  let node = start;
  for (const input of inputs) {
    const link = node.links.get(input);
    const next = link === undefined ? undefined : workflow.nodes.get(link.node);
    if (next === undefined) return null;
    node = throughReroutes(workflow, next);
  }
  return node;
};

const isReroute = (node: WorkflowNode): boolean =>
  /^reroute\b/i.test(node.classType) && node.links.size === 1;

const throughReroutes = (workflow: Workflow, start: WorkflowNode): WorkflowNode => {
  let node = start;
  // Bounded by the number of nodes: a ring of reroutes must not hang.
  for (let step = 0; step < workflow.nodes.size && isReroute(node); step += 1) {
    const [link] = node.links.values();
    const next = link === undefined ? undefined : workflow.nodes.get(link.node);
    if (next === undefined) break;
    node = next;
  }
  return node;
};

/** `KSampler.positive`, what a node feeds first; null for an output. */
export const feeds = (workflow: Workflow, id: string): string | null => {
  for (const node of workflow.nodes.values())
    for (const [input, link] of node.links)
      if (link.node === id) return `${node.title ?? node.classType}.${input}`;
  return null;
};

const unique = (nodes: readonly WorkflowNode[]): WorkflowNode[] => [...new Set(nodes)];
