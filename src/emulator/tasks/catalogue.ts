import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { idOf } from '../graph/check.js';
import type { Graph, GraphNode, Override, SavedGraph } from '../graph/graph.js';
import { readGraph } from '../graph/graph.js';
import type { EmulatorOptions } from '../options.js';
import type { GraphFacts } from '../graph/nodes.js';
import { factsOf } from '../graph/nodes.js';
import type { Refusal } from '../http/refusal.js';
import { isRefusal, refuse } from '../http/refusal.js';

export interface SavedWorkflow extends SavedGraph {
  readonly facts: GraphFacts;
}

/** What the accounts have saved on the service: workflows and AI apps. */
export class Catalogue {
  readonly #workflows = new Map<string, SavedWorkflow>();
  readonly #apps = new Map<string, Json>();
  readonly #removed = new Set<string>();

  constructor(private readonly options: EmulatorOptions) {
    for (const [id, text] of options.workflows) this.save(id, text);
    for (const [id, text] of options.apps) {
      const demo = exampleOf(text);
      if (demo !== null) this.#apps.set(id, demo);
    }
  }

  /** False when the text is no API-format graph. */
  save(id: string, text: string): boolean {
    const saved = readGraph(text);
    if (saved === null) return false;
    this.#workflows.set(id, { ...saved, facts: factsOf(saved.graph) });
    this.#removed.delete(id);
    return true;
  }

  remove(id: string): void {
    this.#workflows.delete(id);
    this.#apps.delete(id);
    this.#removed.add(id);
  }

  get ids(): readonly string[] {
    return [...this.#workflows.keys()];
  }

  /** null: the id is accepted although nothing is known of it. */
  workflow(id: string): SavedWorkflow | Refusal | null {
    if (id === '') return refuse(301, 'workflowId cannot be empty');
    if (!/^[1-9]\d{0,18}$/.test(id)) return refuse(301, 'workflowId must be greater than 0');
    if (this.options.neverRun.has(id)) return refuse(810, 'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING');
    const saved = this.#workflows.get(id);
    if (saved !== undefined) return saved;
    return this.#isUnknownAccepted(id) ? null : refuse(380, 'WORKFLOW_NOT_EXISTS');
  }

  /** For getJsonApiFormat: an accepted id without a graph is no 380, which would stop a batch. */
  graphText(id: string): string | Refusal {
    const saved = this.workflow(id);
    if (saved === null) return refuse(1, 'the emulator knows no graph for this workflow');
    return isRefusal(saved) ? saved : saved.text;
  }

  /** An app's call example; null: accepted although unknown. */
  app(id: string): Json | Refusal {
    if (!/^[1-9]\d{0,18}$/.test(id)) return refuse(301, 'webappId must be greater than 0');
    if (this.options.neverRun.has(id)) return refuse(810, 'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING');
    const demo = this.#apps.get(id);
    if (demo !== undefined) return demo;
    if (this.#workflows.has(id)) return null;
    return this.#isUnknownAccepted(id) && this.#apps.size === 0
      ? null
      : refuse(901, 'WEBAPP_NOT_EXISTS');
  }

  /** What apiCallDemo tells; null: nothing is known. */
  callExample(id: string): JsonObject | null {
    const demo = this.#apps.get(id);
    return isObject(demo) ? demo : null;
  }

  /** The graph behind an app: one saved under its id, or a stand-in from its call example. */
  appFacts(id: string, demo: Json): GraphFacts | null {
    const saved = this.#workflows.get(id);
    if (saved !== undefined) return saved.facts;
    const list = demo !== null && isObject(demo) ? demo.get('nodeInfoList') : undefined;
    return list !== undefined && isList(list) ? factsOf(standIn(entriesOf(list))) : null;
  }

  #isUnknownAccepted(id: string): boolean {
    return this.options.unknownWorkflows === 'accept' && !this.#removed.has(id);
  }
}

/** `data` of apiCallDemo, also from the whole answer or from its list alone; null: none of them. */
const exampleOf = (text: string): JsonObject | null => {
  const read = parseJson(text);
  if (!read.ok) return null;
  const { value } = read;
  if (isList(value)) return new Map<string, Json>([['nodeInfoList', value]]);
  if (!isObject(value)) return null;
  const data = value.get('data');
  return isObject(data) ? data : value;
};

const entriesOf = (list: Json): (Override & { readonly name: string })[] =>
  (isList(list) ? list : []).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const name = entry.get('nodeName');
    return [
      {
        nodeId: idOf(entry.get('nodeId')),
        fieldName: idOf(entry.get('fieldName')),
        value: entry.get('fieldValue') ?? '',
        name: typeof name === 'string' ? name : 'Unknown',
      },
    ];
  });

/** A graph of what is known of a graph that is not: the named fields, and a node that saves. */
export const standIn = (
  fields: readonly (Override & { readonly name?: string })[],
  saves = 'SaveImage',
): Graph => {
  const graph = new Map<string, GraphNode>();
  for (const { nodeId, fieldName, value, name } of fields) {
    const inputs = new Map(graph.get(nodeId)?.inputs).set(fieldName, value);
    graph.set(nodeId, { classType: name ?? 'Unknown', inputs });
  }
  // The saving node is linked to all others: its picture follows from every field.
  const links = [...graph.keys()].map((id): readonly [string, Json] => [
    `from_${id}`,
    [id, new JsonNumber('0')],
  ]);
  const own = graph.get('9')?.inputs ?? new Map<string, Json>();
  return graph.set('9', { classType: saves, inputs: new Map([...own, ...links]) });
};
