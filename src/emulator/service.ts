import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText } from '../values/json-text.js';
import type { Graph, Override } from './graph.js';
import { invalidValues, mismatch, patched, readGraph, textsOf, uploadsNamed } from './graph.js';
import type { AccountOptions, EmulatorOptions } from './options.js';
import { normal, seeded } from './random.js';

export type TaskStatus = 'QUEUED' | 'RUNNING' | 'SUCCESS' | 'FAILED' | 'CANCEL';

export interface Failure {
  readonly node: string;
  readonly name: string;
  readonly type: string;
  readonly message: string;
}

export interface Task {
  readonly taskId: string;
  readonly key: string;
  readonly workflowId: string;
  /** The request's body without the key, as JSON text: what a bill would be argued about with. */
  readonly request: string;
  readonly nodeInfoList: Json;
  readonly graph: Graph | null;
  readonly createdAt: number;
  readonly runMs: number;
  readonly coinsPerSecond: number;
  readonly failure: Failure | null;
  readonly webhookUrl: string | null;
  startsAt: number | null;
  endsAt: number | null;
  cancelledAt: number | null;
  /** False where a fault kept the create's answer from the client. */
  answerDelivered: boolean;
  polls: number;
  webhookSent: boolean;
}

interface Account {
  readonly options: AccountOptions;
  coins: number;
  foreign: number;
  revoked: boolean;
  /** In flight, oldest first. */
  active: Task[];
}

export interface Refusal {
  readonly is: 'refused';
  readonly code: number;
  readonly msg: string;
  readonly data?: Json;
}

export interface Upload {
  readonly fileName: string;
  readonly key: string;
  readonly bytes: number;
  at: number;
}

const refuse = (code: number, msg: string, data: Json = null): Refusal => ({
  is: 'refused',
  code,
  msg,
  data,
});

const richAccount: AccountOptions = { coins: 1_000_000, money: null, apiType: 'NORMAL' };

/** The service itself, without HTTP: accounts, workflows, tasks and what they cost. */
export class ServiceModel {
  readonly tasks = new Map<string, Task>();
  /** Graphs as they were saved, for getJsonApiFormat. */
  readonly saved = new Map<string, string>();
  readonly uploads = new Map<string, Upload>();
  readonly counts = {
    accepted: 0,
    capacityRefusals: 0,
    uploads: 0,
    repeatedUploads: 0,
    maxInFlight: 0,
  };
  readonly #accounts = new Map<string, Account>();
  readonly #workflows: Map<string, Graph>;
  readonly #random: () => number;
  readonly #startedAt = Date.now();
  readonly #inputs = new Map<string, number>();
  #tries = new Map<string, number>();
  readonly #removed = new Set<string>();
  #nextId = 1_980_237_776_000_000_000n;

  constructor(readonly options: EmulatorOptions) {
    this.#random = seeded(options.seed);
    this.#workflows = new Map();
    for (const [id, text] of options.workflows) this.saveWorkflow(id, text);
  }

  /** Service time, ms since the epoch. */
  now(): number {
    return this.#startedAt + (Date.now() - this.#startedAt) * this.options.speed;
  }

  saveWorkflow(id: string, text: string): boolean {
    const graph = readGraph(text);
    if (graph !== null) {
      this.#workflows.set(id, graph);
      this.saved.set(id, text);
      this.#removed.delete(id);
    }
    return graph !== null;
  }

  removeWorkflow(id: string): void {
    this.#workflows.delete(id);
    this.#removed.add(id);
  }

  /** The account of a key, or why there is none. */
  account(key: string | null): Account | Refusal {
    if (key === null || key === '') return refuse(301, 'apiKey cannot be empty');
    const known = this.#accounts.get(key);
    if (known !== undefined) return known.revoked ? refuse(802, 'APIKEY_UNAUTHORIZED') : known;
    const options = this.options.keys === null ? richAccount : this.options.keys.get(key);
    if (options === undefined) return refuse(802, 'APIKEY_UNAUTHORIZED');
    if (options.free === true) return refuse(801, 'APIKEY_UNSUPPORTED_FREE_USER');
    const account: Account = {
      options,
      coins: options.coins,
      foreign: 0,
      revoked: false,
      active: [],
    };
    this.#accounts.set(key, account);
    return account;
  }

  /** For the control endpoints: acts on every account, or on one. */
  adjust(key: string | null, change: (account: Account) => void): void {
    if (key !== null && !this.#accounts.has(key)) this.account(key);
    for (const [name, account] of this.#accounts) if (key === null || key === name) change(account);
  }

  workflow(key: string | null, workflowId: string): Graph | Refusal {
    const account = this.account(key);
    if ('is' in account) return account;
    if (!/^[1-9]\d*$/.test(workflowId)) return refuse(301, 'workflowId must be greater than 0');
    if (this.options.neverRun.has(workflowId))
      return refuse(810, 'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING');
    const graph = this.#workflows.get(workflowId);
    if (graph !== undefined) return graph;
    return this.options.unknownWorkflows === 'refuse' || this.#removed.has(workflowId)
      ? refuse(380, 'WORKFLOW_NOT_EXISTS')
      : refuse(1, 'the emulator has no graph for this workflow');
  }

  /** Checks in the service's order: key, balance, workflow, nodeInfoList, capacity (runninghub-api 2.2). */
  create(key: string | null, body: JsonObject): Task | Refusal {
    const account = this.account(key);
    if ('is' in account || key === null) return 'is' in account ? account : refuse(301, 'no key');
    if (account.coins <= 0)
      return account.options.apiType === 'NORMAL'
        ? refuse(414, 'TASK_CREATE_FAILED_BY_NOT_ENOUGH_POWER_VALUE')
        : refuse(416, 'TASK_CREATE_FAILED_BY_NOT_ENOUGH_WALLET');
    const workflowId = idOf(body.get('workflowId')) ?? idOf(body.get('webappId')) ?? '';
    const own = body.get('workflow');
    const base = this.#base(workflowId, typeof own === 'string' && own !== '' ? own : null);
    if (base !== null && 'is' in base) return base;
    const overrides = overridesOf(body.get('nodeInfoList'));
    if (overrides === null) return refuse(803, 'APIKEY_INVALID_NODE_INFO');
    const problem = base === null ? null : checkOverrides(base, overrides);
    if (problem !== null) return problem;
    const inFlight = this.settle(account).length + account.foreign;
    if (inFlight >= this.options.slots + this.options.queue) {
      this.counts.capacityRefusals += 1;
      return account.options.apiType === 'EXCLUSIVE'
        ? refuse(415, 'TASK_INSTANCE_MAXED')
        : refuse(421, 'TASK_QUEUE_MAXED');
    }
    return this.#accept(
      key,
      account,
      workflowId,
      body,
      base === null ? null : patched(base, overrides),
    );
  }

  #base(workflowId: string, own: string | null): Graph | Refusal | null {
    if (own !== null) return readGraph(own) ?? refuse(433, 'VALIDATE_PROMPT_FAILED');
    if (!/^[1-9]\d*$/.test(workflowId)) return refuse(301, 'workflowId must be greater than 0');
    if (this.options.neverRun.has(workflowId))
      return refuse(810, 'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING');
    const graph = this.#workflows.get(workflowId);
    if (graph !== undefined) return graph;
    return this.options.unknownWorkflows === 'refuse' || this.#removed.has(workflowId)
      ? refuse(380, 'WORKFLOW_NOT_EXISTS')
      : null;
  }

  #accept(
    key: string,
    account: Account,
    workflowId: string,
    body: JsonObject,
    graph: Graph | null,
  ): Task {
    const now = this.now();
    this.#nextId += 1_000_003n + BigInt(Math.floor(this.#random() * 1000));
    const request = withoutKey(body);
    const plus = body.get('instanceType') === 'plus';
    const webhook = body.get('webhookUrl');
    const task: Task = {
      taskId: String(this.#nextId),
      key,
      workflowId,
      request,
      nodeInfoList: body.get('nodeInfoList') ?? null,
      graph,
      createdAt: now,
      runMs: this.#runMs(),
      coinsPerSecond: plus ? 0.4 : 0.2,
      failure: graph === null ? null : this.#failureOf(graph, key, request),
      webhookUrl: typeof webhook === 'string' ? webhook : null,
      startsAt: null,
      endsAt: null,
      cancelledAt: null,
      answerDelivered: true,
      polls: 0,
      webhookSent: false,
    };
    this.tasks.set(task.taskId, task);
    this.counts.accepted += 1;
    this.#inputs.set(request, (this.#inputs.get(request) ?? 0) + 1);
    account.active.push(task);
    this.settle(account);
    this.counts.maxInFlight = Math.max(this.counts.maxInFlight, account.active.length);
    return task;
  }

  /** Identical requests that were accepted more than once. */
  duplicates(): number {
    let extra = 0;
    for (const times of this.#inputs.values()) extra += times - 1;
    return extra;
  }

  #runMs(): number {
    const { runTime } = this.options;
    switch (runTime.kind) {
      case 'constant':
        return runTime.ms;
      case 'lognormal':
        return runTime.medianMs * Math.exp(runTime.sigma * normal(this.#random));
      case 'bimodal':
        return this.#random() < runTime.share ? runTime.otherMs : runTime.ms;
    }
  }

  /** Marks in any text field play a failure, so that demos and tests can show one. */
  #failureOf(graph: Graph, key: string, request: string): Failure | null {
    const missing = uploadsNamed(graph).find(({ name }) => !this.hasUpload(key, name));
    if (missing !== undefined)
      return {
        node: missing.node,
        name: missing.classType,
        type: 'FileNotFoundError',
        message: `Invalid image file: ${missing.name}`,
      };
    const text = textsOf(graph).find((candidate) => candidate.includes('[emulate:')) ?? '';
    const mark = /\[emulate:([a-z-]+)\]/.exec(text)?.[1];
    const [node, sampler] =
      [...graph].find(([, { classType }]) => /sampler/i.test(classType)) ?? [...graph][0] ?? [];
    const at = { node: node ?? '0', name: sampler?.classType ?? 'KSampler' };
    switch (mark) {
      case 'oom':
        return { ...at, type: 'torch.OutOfMemoryError', message: 'Allocation on device' };
      case 'fail':
        return { ...at, type: 'RuntimeError', message: 'the emulated task failed' };
      case 'fail-once': {
        const tries = (this.#tries.get(request) ?? 0) + 1;
        this.#tries.set(request, tries);
        return tries === 1
          ? { ...at, type: 'RuntimeError', message: 'the emulated task failed once' }
          : null;
      }
      default:
        return null;
    }
  }

  hasUpload(key: string, fileName: string): boolean {
    const upload = this.uploads.get(`${key}\n${fileName}`);
    return upload !== undefined && this.now() - upload.at < this.options.uploadLifeMs;
  }

  store(key: string, prefix: string, bytes: Uint8Array, ext: string): Upload {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const zip = ext === 'zip' && prefix === 'api';
    const fileName = zip ? sha256 : `${prefix}/${sha256}.${ext}`;
    const name = `${key}\n${fileName}`;
    this.counts.uploads += 1;
    if (this.uploads.has(name)) this.counts.repeatedUploads += 1;
    const upload: Upload = { fileName, key, bytes: bytes.length, at: this.now() };
    this.uploads.set(name, upload);
    return upload;
  }

  /** Lets time pass for an account: starts and ends tasks. Returns what is still in flight. */
  settle(account: Account): Task[] {
    const now = this.now();
    const free = Math.max(1, this.options.slots - account.foreign);
    const ends: number[] = [];
    for (const task of account.active) {
      // The earliest time a slot is free for it: the free-th latest end of those before it.
      if (task.startsAt === null) {
        const sorted = [...ends].sort((a, b) => b - a);
        const at = Math.max(task.createdAt, sorted[free - 1] ?? 0);
        if (at <= now) {
          task.startsAt = at;
          task.endsAt = at + task.runMs;
        }
      }
      ends.push(task.cancelledAt ?? task.endsAt ?? Number.POSITIVE_INFINITY);
    }
    const ended = account.active.filter((task) => this.#isOver(task, now));
    if (ended.length > 0) {
      for (const task of ended) account.coins -= this.coinsOf(task);
      account.active = account.active.filter((task) => !this.#isOver(task, now));
    }
    return account.active;
  }

  #isOver(task: Task, now: number): boolean {
    return task.cancelledAt !== null || (task.endsAt !== null && task.endsAt <= now);
  }

  statusOf(task: Task): TaskStatus {
    const account = this.#accounts.get(task.key);
    if (account !== undefined) this.settle(account);
    if (task.cancelledAt !== null) return 'CANCEL';
    if (task.startsAt === null) return 'QUEUED';
    if ((task.endsAt ?? 0) > this.now()) return 'RUNNING';
    return task.failure === null ? 'SUCCESS' : 'FAILED';
  }

  inFlight(key: string): { running: number; queued: number; total: number } {
    const account = this.#accounts.get(key);
    if (account === undefined) return { running: 0, queued: 0, total: 0 };
    const active = this.settle(account);
    const running = active.filter(({ startsAt }) => startsAt !== null).length + account.foreign;
    return {
      running,
      queued: active.length + account.foreign - running,
      total: active.length + account.foreign,
    };
  }

  balance(key: string): number {
    return this.#accounts.get(key)?.coins ?? 0;
  }

  cancel(task: Task): boolean {
    const status = this.statusOf(task);
    if (status !== 'QUEUED' && status !== 'RUNNING') return false;
    task.cancelledAt = this.now();
    const account = this.#accounts.get(task.key);
    if (account !== undefined) this.settle(account);
    return true;
  }

  /** Ends a task now, whatever its run time was. */
  finish(task: Task): void {
    task.startsAt ??= this.now();
    task.endsAt = this.now();
  }

  secondsOf(task: Task): number {
    const end = task.cancelledAt ?? task.endsAt ?? this.now();
    return Math.max(0, Math.round((end - (task.startsAt ?? end)) / 1000));
  }

  coinsOf(task: Task): number {
    return Math.ceil(this.secondsOf(task) * task.coinsPerSecond);
  }
}

const checkOverrides = (graph: Graph, overrides: readonly Override[]): Refusal | null => {
  const bad = mismatch(graph, overrides);
  if (bad !== null) return refuse(803, bad);
  const invalid = invalidValues(graph, overrides);
  if (invalid.length === 0) return null;
  const nodeErrors = new Map<string, Json>(
    invalid.map(({ node, classType, field, received }) => [
      node,
      new Map<string, Json>([
        [
          'errors',
          [
            new Map<string, Json>([
              ['type', 'invalid_input_type'],
              ['message', 'Failed to convert an input value to a number'],
              ['details', `${field}, ${received}`],
              [
                'extra_info',
                new Map([
                  ['input_name', field],
                  ['received_value', received],
                ]),
              ],
            ]),
          ],
        ],
        ['dependent_outputs', []],
        ['class_type', classType],
      ]),
    ]),
  );
  const tips = new Map<string, Json>([
    ['result', false],
    [
      'error',
      new Map([
        ['type', 'prompt_outputs_failed_validation'],
        ['message', 'Prompt outputs failed validation'],
      ]),
    ],
    ['outputs_to_execute', []],
    ['node_errors', nodeErrors],
  ]);
  return refuse(433, 'VALIDATE_PROMPT_FAILED', new Map([['promptTips', jsonText(tips)]]));
};

const idOf = (value: Json | undefined): string | null =>
  value instanceof JsonNumber ? value.source : typeof value === 'string' ? value.trim() : null;

/** Entries as the service reads them; null when one is no `{ nodeId, fieldName, fieldValue }`. */
const overridesOf = (value: Json | undefined): Override[] | null => {
  if (value === undefined || value === null) return [];
  if (!isList(value)) return null;
  const overrides: Override[] = [];
  for (const entry of value) {
    if (!isObject(entry)) return null;
    const nodeId = idOf(entry.get('nodeId'));
    const fieldName = entry.get('fieldName');
    if (nodeId === null || typeof fieldName !== 'string') return null;
    overrides.push({ nodeId, fieldName, value: entry.get('fieldValue') ?? null });
  }
  return overrides;
};

const withoutKey = (body: JsonObject): string =>
  jsonText(new Map([...body].filter(([name]) => !/^api_?key$/i.test(name))));
