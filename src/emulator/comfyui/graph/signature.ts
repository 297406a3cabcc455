import type { NodeClass } from '../nodes/node-class.js';
import { dumps } from '../python/dumps.js';
import type { Py } from '../python/value.js';
import type { Graph } from './graph.js';
import { classOf, inputsOf, linkOf } from './graph.js';

/**
 * What a node's result is kept under since August 2024: its class, its inputs and those of all nodes
 * that feed it, in a fixed order, without any node's id (ComfyUI notes, section 3, "Cache").
 */
export const signatureOf = (
  graph: Graph,
  node: string,
  fingerprints: ReadonlyMap<string, string>,
): string => {
  const places = new Map<string, number>();
  const order: string[] = [];
  const walk = (id: string): void => {
    for (const [, value] of sorted(graph, id)) {
      const from = linkOf(value)?.node;
      if (from === undefined || places.has(from) || !graph.has(from)) continue;
      places.set(from, order.length);
      order.push(from);
      walk(from);
    }
  };
  walk(node);
  return [node, ...order].map((id) => own(graph, id, places, fingerprints)).join('\n');
};

/** Mid-2024: by the node's id, and those of all that feed it. */
export const oldSignatureOf = (
  graph: Graph,
  node: string,
  fingerprints: ReadonlyMap<string, string>,
): string => {
  const found = new Set<string>();
  const walk = (id: string): void => {
    if (found.has(id) || !graph.has(id)) return;
    found.add(id);
    for (const value of inputsOf(graph, id).values()) {
      const from = linkOf(value)?.node;
      if (from !== undefined) walk(from);
    }
  };
  walk(node);
  return [...found]
    .map((id) => dumps([id, classOf(graph, id), fingerprints.get(id) ?? '', inputsOf(graph, id)]))
    .join('\n');
};

const sorted = (graph: Graph, id: string): [string, Py][] =>
  [...inputsOf(graph, id)].sort(([a], [b]) => (a < b ? -1 : 1));

const own = (
  graph: Graph,
  id: string,
  places: ReadonlyMap<string, number>,
  fingerprints: ReadonlyMap<string, string>,
): string => {
  const inputs = sorted(graph, id).map(([name, value]): Py => {
    const link = linkOf(value);
    return [name, link === null ? [value] : [BigInt(places.get(link.node) ?? -1), link.slot]];
  });
  return dumps([classOf(graph, id), fingerprints.get(id) ?? '', inputs]);
};

/** What the files say that the graph names: a changed one is noticed. */
export const fingerprintsOf = (
  graph: Graph,
  classes: ReadonlyMap<string, NodeClass>,
  print: (node: NodeClass, id: string) => string | null,
): Map<string, string> => {
  const found = new Map<string, string>();
  for (const id of graph.keys()) {
    const node = classes.get(classOf(graph, id));
    const told = node === undefined ? null : print(node, id);
    if (told !== null) found.set(id, told);
  }
  return found;
};
