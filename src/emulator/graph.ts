import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText, parseJson } from '../values/json-text.js';

/** An API-format graph as the service knows it: node id → class and inputs. */
export type Graph = ReadonlyMap<
  string,
  { readonly classType: string; readonly inputs: JsonObject }
>;

export interface Override {
  readonly nodeId: string;
  readonly fieldName: string;
  readonly value: Json;
}

/** Reads a graph, also one inside a request's body; null when it is none. */
export const readGraph = (text: string): Graph | null => {
  const read = parseJson(text);
  const source = read.ok ? unwrapped(read.value, 0) : null;
  if (source === null) return null;
  const graph = new Map<string, { classType: string; inputs: JsonObject }>();
  for (const [id, node] of source) {
    if (!isObject(node)) continue;
    const classType = node.get('class_type');
    const inputs = node.get('inputs');
    if (typeof classType === 'string')
      graph.set(id, { classType, inputs: isObject(inputs) ? inputs : new Map<string, Json>() });
  }
  return graph;
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

/** Why the service would refuse these overrides with 803; null when they fit. */
export const mismatch = (graph: Graph, overrides: readonly Override[]): string | null => {
  for (const { nodeId, fieldName, value } of overrides) {
    const node = graph.get(nodeId);
    const say = (reason: string): string =>
      `NODE_INFO_MISMATCH(nodeId=${nodeId}, fieldName=${fieldName}, reason=${reason})`;
    if (node === undefined) return say('node_not_found_in_workflow');
    if (!node.inputs.has(fieldName)) return say('field_not_found_in_node_inputs');
    if (value === null) return say('field_value_missing');
  }
  return null;
};

export interface NodeError {
  readonly node: string;
  readonly classType: string;
  readonly field: string;
  readonly received: string;
}

/** Values that ComfyUI's validation would refuse with 433: text where a number belongs. */
export const invalidValues = (graph: Graph, overrides: readonly Override[]): NodeError[] =>
  overrides.flatMap(({ nodeId, fieldName, value }) => {
    const node = graph.get(nodeId);
    const base = node?.inputs.get(fieldName);
    if (node === undefined || !(base instanceof JsonNumber)) return [];
    const received = value instanceof JsonNumber ? value.source : value;
    const numeric =
      typeof received === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(received);
    return numeric
      ? []
      : [{ node: nodeId, classType: node.classType, field: fieldName, received: jsonText(value) }];
  });

/** The graph with the overrides in place. */
export const patched = (graph: Graph, overrides: readonly Override[]): Graph => {
  const copy = new Map(graph);
  for (const { nodeId, fieldName, value } of overrides) {
    const node = copy.get(nodeId);
    if (node !== undefined)
      copy.set(nodeId, { ...node, inputs: new Map(node.inputs).set(fieldName, value) });
  }
  return copy;
};

const isLink = (value: Json): boolean =>
  isList(value) && value.length === 2 && value[1] instanceof JsonNumber;

/** Every literal text of the graph: what a picture is of. */
export const textsOf = (graph: Graph): string[] =>
  [...graph.values()].flatMap(({ inputs }) =>
    [...inputs.values()].filter((value): value is string => typeof value === 'string'),
  );

/** Everything that changes the result, as one text. */
export const fingerprint = (graph: Graph): string =>
  [...graph.values()]
    .map(({ classType, inputs }) =>
      [
        classType,
        ...[...inputs]
          .filter(([, value]) => !isLink(value))
          .map(([name, value]) => `${name}=${jsonText(value)}`),
      ].join(';'),
    )
    .join('|');

const whole = (value: Json | undefined): number | null => {
  const text = value instanceof JsonNumber ? value.source : value;
  return typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : null;
};

/** Size and number of pictures, from the latent image node. */
export const latentOf = (graph: Graph): { width: number; height: number; batch: number } => {
  for (const { inputs } of graph.values()) {
    const width = whole(inputs.get('width'));
    const height = whole(inputs.get('height'));
    if (width !== null && height !== null && inputs.has('batch_size'))
      return {
        width,
        height,
        batch: Math.max(1, Math.min(16, whole(inputs.get('batch_size')) ?? 1)),
      };
  }
  return { width: 512, height: 512, batch: 1 };
};

export type OutputKind = 'image' | 'video' | 'audio' | 'text';

export interface OutputNode {
  readonly node: string;
  readonly kind: OutputKind;
  readonly prefix: string;
}

/** Nodes that save or preview something, in the graph's order. */
export const outputNodes = (graph: Graph): OutputNode[] =>
  [...graph].flatMap(([node, { classType, inputs }]) => {
    const kind = outputKind(classType, inputs);
    const prefix = inputs.get('filename_prefix');
    return kind === null
      ? []
      : [{ node, kind, prefix: typeof prefix === 'string' ? prefix : 'ComfyUI' }];
  });

const outputKind = (classType: string, inputs: JsonObject): OutputKind | null => {
  if (/VideoCombine|SaveVideo|SaveWEBM|SaveAnimated/i.test(classType)) return 'video';
  if (/(?:Save|Preview)Audio/i.test(classType)) return 'audio';
  if (/SaveText|ShowText/i.test(classType)) return 'text';
  if (/SaveImage|PreviewImage|Image Save|ImageSave/i.test(classType)) return 'image';
  return inputs.has('filename_prefix') ? 'image' : null;
};

/** Names of uploads that loader nodes refer to. */
export const uploadsNamed = (graph: Graph): { node: string; classType: string; name: string }[] =>
  [...graph].flatMap(([node, { classType, inputs }]) =>
    [...inputs.values()].flatMap((value) =>
      typeof value === 'string' && /^(?:api|openapi)\/[0-9a-f]{16,}/.test(value)
        ? [{ node, classType, name: value }]
        : [],
    ),
  );
