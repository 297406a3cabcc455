import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, jsonText, parseJson } from '../../values/json-text.js';

export interface GraphNode {
  readonly classType: string;
  readonly inputs: JsonObject;
}

/** An API-format graph as the service knows it: node id → class and inputs. */
export type Graph = ReadonlyMap<string, GraphNode>;

export interface Override {
  readonly nodeId: string;
  readonly fieldName: string;
  readonly value: Json;
}

export interface SavedGraph {
  readonly graph: Graph;
  /** The API graph itself as JSON text, without what it was wrapped in. */
  readonly text: string;
}

/** Reads a graph, also one inside a request's body; null when it is none. */
export const readGraph = (text: string): SavedGraph | null => {
  const read = parseJson(text);
  const source = read.ok ? unwrapped(read.value, 0) : null;
  const graph = source === null ? null : graphOfJson(source);
  if (source === null || graph === null) return null;
  return { graph, text: read.ok && source === read.value ? text : jsonText(source) };
};

const unwrapped = (value: Json, depth: number): JsonObject | null => {
  if (!isObject(value) || depth > 3) return null;
  if ([...value.values()].some((node) => isObject(node) && node.has('class_type'))) return value;
  for (const key of ['prompt', 'workflow', 'input', 'data']) {
    const inner = unwrapped(value.get(key) ?? null, depth + 1);
    if (inner !== null) return inner;
  }
  return null;
};

const graphOfJson = (source: JsonObject): Graph | null => {
  const graph = new Map<string, GraphNode>();
  for (const [id, node] of source) {
    if (!isObject(node)) continue;
    const classType = node.get('class_type');
    const inputs = node.get('inputs');
    if (typeof classType === 'string')
      graph.set(id, { classType, inputs: isObject(inputs) ? inputs : new Map() });
  }
  return graph.size > 0 ? graph : null;
};

/** The graph as ComfyUI writes it into pictures. */
export const graphText = (graph: Graph): string =>
  jsonText(
    new Map<string, Json>(
      [...graph].map(([id, { classType, inputs }]) => [
        id,
        new Map<string, Json>([
          ['inputs', inputs],
          ['class_type', classType],
        ]),
      ]),
    ),
  );

/** The graph with the overrides in place; the last one of a field wins. */
export const patched = (graph: Graph, overrides: readonly Override[]): Graph => {
  if (overrides.length === 0) return graph;
  const copy = new Map(graph);
  for (const { nodeId, fieldName, value } of overrides) {
    const node = copy.get(nodeId);
    if (node !== undefined)
      copy.set(nodeId, { ...node, inputs: new Map(node.inputs).set(fieldName, value) });
  }
  return copy;
};

/** The node that `[nodeId, slot]` comes from; null for a literal. */
export const linkedFrom = (value: Json | undefined): string | null => {
  if (value === undefined || !isList(value) || value.length !== 2) return null;
  const [id, slot] = value;
  return typeof id === 'string' && slot instanceof JsonNumber ? id : null;
};

/** The nodes that one node's result depends on, itself included, in the graph's order. */
export const upstream = (graph: Graph, node: string): Graph => {
  const found = new Set<string>();
  const open = [node];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    for (const value of graph.get(id)?.inputs.values() ?? []) {
      const from = linkedFrom(value);
      if (from !== null) open.push(from);
    }
  }
  return new Map([...graph].filter(([id]) => found.has(id)));
};

/** Every literal text of the graph. */
export const textsOf = (graph: Graph): string[] =>
  [...graph.values()].flatMap(({ inputs }) =>
    [...inputs.values()].filter((value): value is string => typeof value === 'string'),
  );

/** The longest text that is no link and no file: what a picture is of. */
export const promptOf = (graph: Graph): string =>
  textsOf(graph)
    .filter((text) => !/^(?:https?:|data:|asset:)/.test(text))
    .reduce((longest, text) => (text.length > longest.length ? text : longest), '');

/** Everything that changes the result, as one text. */
export const identityOf = (graph: Graph): string =>
  [...graph.values()]
    .map(({ classType, inputs }) =>
      [
        classType,
        ...[...inputs]
          .filter(([name, value]) => linkedFrom(value) === null && name !== 'filename_prefix')
          .map(([name, value]) => `${name}=${jsonText(value)}`),
      ].join(';'),
    )
    .join('|');

/** A whole number of up to five digits, literal or one link away. */
const wholeOf = (graph: Graph, value: Json | undefined): number | null => {
  const text = value instanceof JsonNumber ? value.source : value;
  if (typeof text === 'string') return /^\d{1,5}$/.test(text) ? Number(text) : null;
  const from = graph.get(linkedFrom(value) ?? '');
  const literals = [...(from?.inputs.values() ?? [])].filter(
    (literal) => literal instanceof JsonNumber,
  );
  return literals.length === 1 ? wholeOf(new Map(), literals[0]) : null;
};

export interface Latent {
  readonly width: number;
  readonly height: number;
  readonly batch: number;
}

/** Size and number of pictures from the latent node; null where no node tells a size. */
export const latentOf = (graph: Graph): Latent | null => {
  const sized = [...graph.values()].filter(
    ({ inputs }) => inputs.has('width') && inputs.has('height'),
  );
  const node = sized.find(({ inputs }) => inputs.has('batch_size')) ?? sized[0];
  if (node === undefined) return null;
  const width = wholeOf(graph, node.inputs.get('width'));
  const height = wholeOf(graph, node.inputs.get('height'));
  const batch = wholeOf(graph, node.inputs.get('batch_size')) ?? 1;
  return width === null || height === null || width === 0 || height === 0
    ? null
    : { width, height, batch: Math.max(1, Math.min(64, batch)) };
};
