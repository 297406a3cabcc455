import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText, parseJson } from '../values/json-text.js';
import { map, number } from './http/answers.js';
import { graphText, readGraph } from './graph/graph.js';
import type { GraphFacts } from './graph/nodes.js';
import { factsOf } from './graph/nodes.js';
import type { Listener, ServiceModel } from './service.js';
import type { Failure, Task } from './tasks/task.js';
import type { Upload } from './tasks/uploads.js';

/**
 * Keeps tasks and uploads in `dir/emulator.jsonl`, so that they outlive the process: what an apply
 * that was killed had submitted is found by the next one. Accounts stand there as hashes.
 */
export const keepIn = (dir: string, model: ServiceModel): void => {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'emulator.jsonl');
  const graphs = new Map<string, GraphFacts>();
  if (existsSync(path)) load(readFileSync(path, 'utf8'), model, graphs);
  model.listeners.push(new Keeper(path, new Set(graphs.keys())));
};

class Keeper implements Listener {
  readonly #hashes = new Map<GraphFacts, string>();

  constructor(
    private readonly path: string,
    private readonly known: Set<string>,
  ) {}

  accepted(task: Task): void {
    this.#append(taskJson(task, this.#graph(task.base)));
  }

  ended({ taskId, outcome, startsAt, endedAt }: Task): void {
    this.#append(
      map({ is: 'end', taskId, outcome, startsAt: time(startsAt), endedAt: time(endedAt) }),
    );
  }

  stored(accountId: string, { fileName, bytes, size, at }: Upload): void {
    const { width = 0, height = 0 } = size ?? {};
    this.#append(
      map({
        is: 'upload',
        accountId,
        fileName,
        bytes: number(bytes),
        width: number(width),
        height: number(height),
        at: number(at),
      }),
    );
  }

  /** Each graph is written once. */
  #graph(facts: GraphFacts): string {
    const before = this.#hashes.get(facts);
    if (before !== undefined) return before;
    const text = graphText(facts.graph);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    if (!this.known.has(hash)) this.#append(map({ is: 'graph', hash, text }));
    this.known.add(hash);
    this.#hashes.set(facts, hash);
    return hash;
  }

  #append(line: Json): void {
    appendFileSync(this.path, `${jsonText(line)}\n`, { mode: 0o600 });
  }
}

const time = (ms: number | null): Json => (ms === null ? null : number(ms));

const taskJson = (task: Task, graph: string): Json =>
  map({
    is: 'task',
    taskId: task.taskId,
    accountId: task.accountId,
    workflowId: task.workflowId,
    request: task.request,
    graph,
    overrides: task.overrides.map(({ nodeId, fieldName, value }) => [nodeId, fieldName, value]),
    addMetadata: task.addMetadata,
    createdAt: number(task.createdAt),
    // A task that hangs has no end.
    runMs: Number.isFinite(task.runMs) ? number(task.runMs) : null,
    coinsPerSecond: number(task.coinsPerSecond),
    webhookUrl: task.webhookUrl,
    empty: task.empty,
    failure: task.failure === null ? null : map({ ...task.failure }),
  });

const load = (text: string, model: ServiceModel, graphs: Map<string, GraphFacts>): void => {
  const tasks = new Map<string, Task>();
  let latest = 0;
  for (const line of text.split('\n')) {
    const read = parseJson(line);
    // A torn last line is a process that was killed.
    if (!read.ok || !isObject(read.value)) continue;
    const record = read.value;
    latest = Math.max(
      latest,
      numberAt(record, 'at'),
      numberAt(record, 'createdAt'),
      numberAt(record, 'endedAt'),
    );
    switch (textAt(record, 'is')) {
      case 'graph': {
        const saved = readGraph(textAt(record, 'text'));
        if (saved !== null) graphs.set(textAt(record, 'hash'), factsOf(saved.graph));
        break;
      }
      case 'task': {
        const base = graphs.get(textAt(record, 'graph'));
        if (base !== undefined) tasks.set(textAt(record, 'taskId'), taskOf(record, base));
        break;
      }
      case 'end':
        end(tasks.get(textAt(record, 'taskId')), record);
        break;
      case 'upload':
        model.uploads.restore(textAt(record, 'accountId'), uploadOf(record));
        break;
    }
  }
  for (const task of tasks.values()) model.restore(task);
  model.clock.resume(latest);
};

const end = (task: Task | undefined, record: JsonObject): void => {
  const outcome = record.get('outcome');
  if (task === undefined) return;
  if (outcome !== 'SUCCESS' && outcome !== 'FAILED' && outcome !== 'CANCEL') return;
  task.outcome = outcome;
  task.startsAt = record.get('startsAt') === null ? null : numberAt(record, 'startsAt');
  task.endedAt = numberAt(record, 'endedAt');
};

const taskOf = (record: JsonObject, base: GraphFacts): Task => {
  const request = textAt(record, 'request');
  const body = parseJson(request);
  const webhookUrl = record.get('webhookUrl');
  const overrides = record.get('overrides') ?? null;
  return {
    taskId: textAt(record, 'taskId'),
    accountId: textAt(record, 'accountId'),
    workflowId: textAt(record, 'workflowId'),
    request,
    nodeInfoList: body.ok && isObject(body.value) ? (body.value.get('nodeInfoList') ?? null) : null,
    base,
    overrides: (isList(overrides) ? overrides : []).flatMap((entry) => {
      const [nodeId, fieldName, value = null] = isList(entry) ? entry : [];
      return typeof nodeId === 'string' && typeof fieldName === 'string'
        ? [{ nodeId, fieldName, value }]
        : [];
    }),
    addMetadata: record.get('addMetadata') === true,
    createdAt: numberAt(record, 'createdAt'),
    runMs: record.get('runMs') === null ? Number.POSITIVE_INFINITY : numberAt(record, 'runMs'),
    coinsPerSecond: numberAt(record, 'coinsPerSecond'),
    webhookUrl: typeof webhookUrl === 'string' ? webhookUrl : null,
    empty: record.get('empty') === true,
    failure: failureOf(record.get('failure') ?? null),
    startsAt: null,
    endedAt: null,
    outcome: null,
    answerDelivered: true,
  };
};

const failureOf = (json: Json): Failure | null =>
  isObject(json)
    ? {
        node: textAt(json, 'node'),
        name: textAt(json, 'name'),
        type: textAt(json, 'type'),
        message: textAt(json, 'message'),
        v2: textAt(json, 'v2'),
        told: json.get('told') === true,
      }
    : null;

const uploadOf = (record: JsonObject): Upload => {
  const [width, height] = [numberAt(record, 'width'), numberAt(record, 'height')];
  return {
    fileName: textAt(record, 'fileName'),
    bytes: numberAt(record, 'bytes'),
    size: width > 0 ? { width, height } : null,
    at: numberAt(record, 'at'),
  };
};

const textAt = (record: JsonObject, name: string): string => {
  const value = record.get(name);
  return typeof value === 'string' ? value : '';
};

const numberAt = (record: JsonObject, name: string): number => {
  const value = record.get(name);
  return value instanceof JsonNumber ? Number(value.source) : 0;
};
