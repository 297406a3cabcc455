import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import { Account } from './tasks/account.js';
import { accountOf, anyAccount } from './tasks/account-kinds.js';
import { Assets } from './tasks/assets.js';
import { Catalogue } from './tasks/catalogue.js';
import { Ids, ServiceClock } from './clock.js';
import { askedBy, missingFile } from './tasks/failure.js';
import type { Override } from './graph/graph.js';
import { patched } from './graph/graph.js';
import type { GraphFacts } from './graph/nodes.js';
import type { AccountOptions, EmulatorOptions } from './options.js';
import type { Prepared, Target } from './tasks/prepare.js';
import { prepare } from './tasks/prepare.js';
import { seeded } from './random.js';
import type { Refusal } from './http/refusal.js';
import { isRefusal, refuse } from './http/refusal.js';
import { drawRunTime } from './tasks/run-time.js';
import type { Task, TaskStatus } from './tasks/task.js';
import type { Upload } from './tasks/uploads.js';
import { Uploads } from './tasks/uploads.js';

/** What happened, for those who keep or tell it. */
export interface Listener {
  accepted(task: Task): void;
  ended(task: Task): void;
  stored?(accountId: string, upload: Upload): void;
}

/** The service itself, without HTTP: accounts, workflows, tasks and what they cost. */
export class ServiceModel {
  readonly clock: ServiceClock;
  readonly catalogue: Catalogue;
  readonly uploads: Uploads;
  readonly assets = new Assets();
  readonly tasks = new Map<string, Task>();
  readonly accounts = new Map<string, Account>();
  readonly listeners: Listener[] = [];
  capacityRefusals = 0;
  /** Accepted although the same request of the account was in flight or had succeeded. */
  duplicates = 0;
  /** Links that were given before are dead. */
  linksFrom = Number.NEGATIVE_INFINITY;
  readonly #random: () => number;
  readonly #ids = new Ids();
  /** By account and request. */
  readonly #tries = new Map<string, number>();
  readonly #latest = new Map<string, Task>();
  readonly #byKey = new Map<string, Account>();
  /** Of keys that nobody described. */
  readonly #everyAccount: AccountOptions;
  readonly #forAll: ((account: Account) => void)[] = [];

  constructor(readonly options: EmulatorOptions) {
    this.clock = new ServiceClock(options.speed, options.clock);
    this.catalogue = new Catalogue(options);
    this.uploads = new Uploads(options.uploadLifeMs, (accountId, upload) => {
      for (const listener of this.listeners) listener.stored?.(accountId, upload);
    });
    this.#random = seeded(options.seed);
    this.#everyAccount = options.account === null ? anyAccount : accountOf(options.account);
  }

  now(): number {
    return this.clock.now();
  }

  /** The account of a key, or why there is none. */
  account(key: string | null): Account | Refusal {
    if (key === null || key === '') return refuse(301, 'apiKey cannot be empty');
    const known = this.#byKey.get(key);
    if (known !== undefined) return known.revoked ? refuse(802, 'APIKEY_UNAUTHORIZED') : known;
    const options = this.options.keys === null ? this.#everyAccount : this.options.keys.get(key);
    if (options === undefined) return refuse(802, 'APIKEY_UNAUTHORIZED');
    if (options.otherSite !== undefined)
      return refuse(options.otherSite === 'user not exist' ? 301 : 806, options.otherSite);
    if (options.free === true) return refuse(801, 'APIKEY_UNSUPPORTED_FREE_USER');
    const account = this.accountById(accountIdOf(key), options);
    this.#byKey.set(key, account);
    return account;
  }

  accountById(id: string, options: AccountOptions): Account {
    const known = this.accounts.get(id);
    if (known !== undefined) return known;
    const account = new Account(id, options, this.options, {
      now: () => this.now(),
      ended: (task) => {
        for (const listener of this.listeners) listener.ended(task);
      },
    });
    for (const change of this.#forAll) change(account);
    this.accounts.set(id, account);
    return account;
  }

  /** Changes one key's account; null: every account, also those that nobody has used yet. */
  adjust(key: string | null, change: (account: Account) => void): void {
    if (key === null) {
      this.#forAll.push(change);
      for (const account of this.accounts.values()) change(account);
    } else {
      this.account(key);
      const account = this.#byKey.get(key);
      if (account !== undefined) change(account);
    }
  }

  /** False when the text is no API-format graph. */
  saveWorkflow(id: string, text: string): boolean {
    return this.catalogue.save(id, text);
  }

  removeWorkflow(id: string): void {
    this.catalogue.remove(id);
  }

  /** Lets time pass for everybody: what is over ends now. */
  settle(): void {
    const now = this.now();
    for (const account of this.accounts.values()) account.advance(now);
  }

  /**
   * Checks in the service's order: key, balance, workflow, nodeInfoList, capacity (API notes,
   * section 2.2).
   */
  create(key: string | null, target: Target, body: JsonObject): Task | Refusal {
    const account = this.account(key);
    if (isRefusal(account)) return account;
    const now = this.now();
    account.advance(now);
    if (account.isBroke)
      return account.paysCoins
        ? refuse(414, 'TASK_CREATE_FAILED_BY_NOT_ENOUGH_POWER_VALUE')
        : refuse(416, 'TASK_CREATE_FAILED_BY_NOT_ENOUGH_WALLET');
    if (account.options.expired === true) return refuse(436, 'TASK_USER_EXCLAPI_REQUIRED');
    const prepared = prepare(target, body, this.catalogue);
    if (isRefusal(prepared)) return prepared;
    const locked = this.#locked(target, body);
    if (locked !== null) return locked;
    const badInstance = this.#badInstance(body);
    if (badInstance !== null) return badInstance;
    const full = this.#noRoom(account, body);
    if (full !== null) {
      this.capacityRefusals += 1;
      return full;
    }
    const task = this.#taskOf(account, target, body, prepared, now);
    this.tasks.set(task.taskId, task);
    account.add(task, now);
    for (const listener of this.listeners) listener.accepted(task);
    return task;
  }

  /** How the service refuses a wrong password is not documented: a guess. */
  #locked(target: Target, body: JsonObject): Refusal | null {
    const password = target.is === 'model' ? undefined : this.options.locked.get(target.id);
    return password === undefined || body.get('accessPassword') === password
      ? null
      : refuse(301, 'accessPassword is wrong');
  }

  /** Only `plus` (48 GB) and `ultra` (84 GB) are other machines (API notes, sections 2.2, 19.1). */
  #badInstance(body: JsonObject): Refusal | null {
    const instance = body.get('instanceType') ?? '';
    return ['', 'default', 'standard', 'plus', 'ultra'].some((known) => known === instance)
      ? null
      : refuse(435, 'TASK_USER_EXCLAPI_INSTANCE_NOT_FOUND');
  }

  #noRoom(account: Account, body: JsonObject): Refusal | null {
    if (account.inFlight < account.slots + account.queue) return null;
    if (account.options.apiType !== 'EXCLUSIVE') return refuse(421, 'TASK_QUEUE_MAXED');
    const personal = body.get('usePersonalQueue');
    if (personal !== true && personal !== 'true') return refuse(415, 'TASK_INSTANCE_MAXED');
    return account.waiting < this.options.personalQueue
      ? null
      : refuse(814, 'PERSONAL_QUEUE_COUNT_LIMIT');
  }

  #taskOf(
    account: Account,
    target: Target,
    body: JsonObject,
    { facts, saved, overrides }: Prepared,
    now: number,
  ): Task {
    const request = jsonText(withoutKey(body));
    const effective =
      saved === null ? overrides : [...overrides, ...this.#newSeeds(facts, overrides)];
    const large = body.get('instanceType') === 'plus' || body.get('instanceType') === 'ultra';
    const webhook = body.get('webhookUrl');
    const tries = this.#countTry(workOf(account.id, request));
    const marked = facts.marked || overrides.some(({ value }) => isMarked(value));
    const graph = patched(facts.graph, effective);
    const asked = marked ? askedBy(graph, large, () => tries) : null;
    const missing = missingFile(
      graph,
      facts,
      saved,
      (name) => this.uploads.find(account.id, name, now) !== null,
    );
    const runMs = drawRunTime(this.options.runTime, this.#random, this.tasks.size);
    const task: Task = {
      taskId: this.#ids.next(now),
      accountId: account.id,
      workflowId: target.is === 'model' ? target.path : target.id,
      request,
      nodeInfoList: body.get('nodeInfoList') ?? null,
      base: facts,
      overrides: effective,
      addMetadata: target.is === 'workflow' && body.get('addMetadata') !== false,
      createdAt: now,
      runMs: missing === null ? runMs * (asked?.slower ?? 1) : Math.min(runMs, 1000),
      coinsPerSecond: large ? 0.4 : 0.2,
      webhookUrl: typeof webhook === 'string' && webhook !== '' ? webhook : null,
      empty: asked?.empty ?? false,
      failure: missing ?? asked?.failure ?? null,
      startsAt: null,
      endedAt: null,
      outcome: null,
      answerDelivered: true,
    };
    this.#notice(task);
    return task;
  }

  /** Seeds that the request does not list are drawn anew (API notes, section 2.2). */
  #newSeeds({ seeds }: GraphFacts, overrides: readonly Override[]): Override[] {
    return seeds
      .filter(
        ({ node, field }) =>
          !overrides.some(({ nodeId, fieldName }) => nodeId === node && fieldName === field),
      )
      .map(({ node, field }) => ({
        nodeId: node,
        fieldName: field,
        value: new JsonNumber(String(Math.floor(this.#random() * 2 ** 50))),
      }));
  }

  #countTry(request: string): number {
    const tries = (this.#tries.get(request) ?? 0) + 1;
    this.#tries.set(request, tries);
    return tries;
  }

  /** Counts a task whose very request is under way, or was paid for with success. */
  #notice(task: Task): void {
    const request = workOf(task.accountId, task.request);
    const before = this.#latest.get(request);
    if (before !== undefined && ['QUEUED', 'RUNNING', 'SUCCESS'].includes(this.statusOf(before)))
      this.duplicates += 1;
    this.#latest.set(request, task);
  }

  /** The task of this id, if the key may see it. */
  taskOf(account: Account, taskId: string): Task | null {
    const task = this.tasks.get(taskId);
    return task?.accountId === account.id ? task : null;
  }

  statusOf(task: Task): TaskStatus {
    const now = this.now();
    this.accounts.get(task.accountId)?.advance(now);
    if (task.outcome !== null) return task.outcome;
    return task.startsAt === null || task.startsAt > now ? 'QUEUED' : 'RUNNING';
  }

  /** False where the task was over before. */
  end(task: Task, outcome: 'SUCCESS' | 'FAILED' | 'CANCEL'): boolean {
    return this.accounts.get(task.accountId)?.end(task, this.now(), outcome) ?? false;
  }

  /** Puts back a task of an earlier process. */
  restore(task: Task): void {
    this.tasks.set(task.taskId, task);
    this.#ids.seen(task.taskId);
    const request = workOf(task.accountId, task.request);
    this.#countTry(request);
    this.#latest.set(request, task);
    const keys = [...(this.options.keys ?? [])];
    const options = keys.find(([key]) => accountIdOf(key) === task.accountId)?.[1];
    this.accountById(task.accountId, options ?? this.#everyAccount).restore(task);
  }
}

const accountIdOf = (key: string): string =>
  createHash('sha256').update(`emulated account ${key}`).digest('hex').slice(0, 16);

const isMarked = (value: Json): boolean => typeof value === 'string' && value.includes('[emulate:');

/** What is paid for: the same work is the same, whoever is told of its end. */
const workOf = (accountId: string, request: string): string =>
  `${accountId} ${request.replace(/,"webhookUrl":"(?:[^"\\]|\\.)*"/, '')}`;

const withoutKey = (body: JsonObject): JsonObject =>
  new Map([...body].filter(([name]) => !/^(?:api_?key|accessPassword)$/i.test(name)));
