import { error, notice } from '../diagnostics/diagnostic.js';
import { wholeFile } from '../diagnostics/lines.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import type { JsonPath } from '../values/json-text.js';
import { isList, isObject, parseJson } from '../values/json-text.js';
import { fileFieldMedium } from './loaders.js';
import type { Source } from './source.js';
import { pullCommand } from './pull-command.js';
import { readSource } from './source.js';
import type { Field, FieldKind, Link, Workflow, WorkflowNode } from './workflow.js';

export interface ParseOptions {
  /** `assets.loaders` of the manifest. */
  readonly loaders: ReadonlyMap<string, readonly string[]>;
  /** The workflow whose file it is, as a manifest says; only such a file may be written over. */
  readonly id?: string | null;
}

const exportHint = (file: string, id: string | null | undefined): string => {
  const known = id !== null && id !== undefined && id !== '';
  const pull = known ? pullCommand(null, id, file) : 'rh-batch pull WORKFLOWID';
  return `in ComfyUI: Workflow > Export (API); on RunningHub: download the API JSON, or ${pull}`;
};

/** Text of an api.json → graph; null when there are errors, all of which are in `problems`. */
export const parseWorkflow = (
  file: string,
  content: string | Uint8Array,
  options: ParseOptions,
  problems: Problems,
): Workflow | null => {
  const hint = exportHint(file, options.id);
  const read = readSource(file, content, hint, problems);
  if (read === null) return null;
  const graph = unwrap(read.value, read.source, hint, problems);
  if (graph === null) return null;
  const before = problems.errors;
  const nodes = new Map<string, WorkflowNode>();
  for (const [id, node] of graph.nodes) {
    const parsed = parseNode(id, node, graph.source, options, hint, problems);
    if (parsed !== null) nodes.set(id, parsed);
  }
  checkLinks(nodes, graph.nodes, graph.source, problems);
  if (problems.errors > before) return null;
  const { source: inner } = graph;
  return { file, nodes, at: (id, field) => inner.at(id, field) };
};

interface Graph {
  readonly nodes: JsonObject;
  readonly source: Source;
}

/** Where users' files hide the graph: request bodies of ComfyUI, RunPod and RunningHub itself. */
const wrappings: readonly JsonPath[] = [
  ['prompt'],
  ['workflow'],
  ['input', 'workflow'],
  ['data', 'prompt'],
  ['input', 'prompt'],
];

const unwrap = (value: Json, source: Source, hint: string, problems: Problems): Graph | null => {
  if (isGraph(value)) return { nodes: value, source };
  for (const path of wrappings) {
    const inner = path.reduce<Json | undefined>(
      (at, key) => (isObject(at) ? at.get(String(key)) : undefined),
      value,
    );
    if (inner === undefined) continue;
    const at = source.place(path, 'key');
    const graph = typeof inner === 'string' ? parsed(inner) : inner;
    if (!isGraph(graph)) continue;
    problems.add(notice('E0204', at, `the graph is taken from "${path.join('.')}"`));
    const below = typeof inner === 'string' ? source.inside(inner, at) : source.below(path);
    return { nodes: graph, source: below };
  }
  refuse(value, source, hint, problems);
  return null;
};

const parsed = (text: string): Json => {
  const read = parseJson(text);
  return read.ok ? read.value : null;
};

/** At least one entry looks like a node, and it is not the editor's format. */
const isGraph = (value: Json | undefined): value is JsonObject =>
  isObject(value) &&
  !isEditorFormat(value) &&
  [...value.values()].some(
    (node) =>
      isObject(node) && (node.has('class_type') || node.has('inputs')) && !node.has('nodes'),
  ) &&
  ![...value.keys()].every((key) => ['prompt', 'workflow', 'input', 'data'].includes(key));

const isEditorFormat = (value: JsonObject): boolean => {
  const nodes = value.get('nodes');
  return nodes !== undefined && isList(nodes);
};

const refuse = (value: Json, { file }: Source, hint: string, problems: Problems): void => {
  const at = wholeFile(file);
  const inner = isObject(value) ? (value.get('workflow') ?? value.get('prompt')) : undefined;
  if (isObject(value) && (isEditorFormat(value) || (isObject(inner) && isEditorFormat(inner))))
    problems.add(
      error('E0203', at, "this is the editor's format (nodes and links), not the API format", {
        hint,
      }),
    );
  else if (isObject(value) && (value.has('workflow_id') || value.has('workflowId')))
    problems.add(
      error('E0203', at, 'this names a workflow but does not hold its graph', {
        hint,
      }),
    );
  else
    problems.add(
      error('E0203', at, 'this is no ComfyUI graph: a map of node ids to { class_type, inputs }', {
        hint,
      }),
    );
};

const parseNode = (
  id: string,
  value: Json,
  source: Source,
  options: ParseOptions,
  hint: string,
  problems: Problems,
): WorkflowNode | null => {
  const wrong = (message: string, path: JsonPath = [id]): null => {
    const what = path.length === 1 ? 'key' : 'value';
    problems.add(error('E0205', source.place(path, what), message, { hint }));
    return null;
  };
  if (!isObject(value)) return wrong(`node "${id}" must be a map with class_type and inputs`);
  const classType = value.get('class_type');
  if (typeof classType !== 'string' || classType === '')
    return wrong(`node "${id}" has no class_type`);
  const inputs = value.get('inputs') ?? new Map<string, Json>();
  if (!isObject(inputs)) return wrong(`the inputs of node "${id}" must be a map`, [id, 'inputs']);
  const meta = value.get('_meta');
  const title = isObject(meta) ? meta.get('title') : undefined;
  const fields = new Map<string, Field>();
  const links = new Map<string, Link>();
  for (const [name, input] of inputs) {
    const link = asLink(input);
    if (link === null) fields.set(name, fieldOf(id, classType, name, input, options));
    else links.set(name, link);
  }
  return { id, classType, title: typeof title === 'string' ? title : null, fields, links };
};

/** `["4", 0]`: a node id, text or number, and the index of one of its outputs. */
const asLink = (value: Json): Link | null => {
  if (!isList(value) || value.length !== 2) return null;
  const [from, slot] = value;
  if (!(slot instanceof JsonNumber) || !/^\d{1,4}$/.test(slot.source)) return null;
  if (typeof from === 'string') return { node: from, slot: Number(slot.source) };
  return from instanceof JsonNumber && /^\d+$/.test(from.source)
    ? { node: from.source, slot: Number(slot.source) }
    : null;
};

const fieldOf = (
  node: string,
  classType: string,
  name: string,
  value: Json,
  options: ParseOptions,
): Field => ({
  node,
  name,
  value,
  kind: kindOf(value),
  file: fileFieldMedium(classType, name, options.loaders),
  rules: null,
});

export const kindOf = (value: Json): FieldKind => {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof JsonNumber) return 'number';
  return isList(value) ? 'list' : 'object';
};

/** Links to nodes that are not there. Two numbers in a list are a link only to a node that exists. */
const checkLinks = (
  nodes: Map<string, WorkflowNode>,
  all: JsonObject,
  source: Source,
  problems: Problems,
): void => {
  for (const node of nodes.values())
    for (const [name, link] of node.links)
      if (!all.has(link.node))
        problems.add(
          error(
            'E0206',
            source.at(node.id, name),
            `${node.classType}.${name} of node "${node.id}" is wired from node "${link.node}", which is not in the graph`,
            { hint: 'export the whole graph again' },
          ),
        );
};
