import type { Json } from '../../values/json.js';
import { isList, isObject, jsonText } from '../../values/json-text.js';
import { toPlain } from '../../values/json-plain.js';
import { idOf } from '../graph/check.js';
import type { ServiceModel } from '../service.js';
import type { Task, TaskStatus } from '../tasks/task.js';
import { moneyText, secondsOf } from '../tasks/task.js';

/** Counts of an emulator's life, as `GET /emulator/stats` tells them. */
export interface Stats {
  /** Endpoint → requests. */
  readonly requests: Readonly<Record<string, number>>;
  /** `endpoint:kind` → times injected. */
  readonly faults: Readonly<Record<string, number>>;
  readonly accepted: number;
  /** Accepted although the same request of the account was in flight or had succeeded. */
  readonly duplicates: number;
  readonly capacityRefusals: number;
  readonly uploads: number;
  /** Uploads of bytes that the account had there already. */
  readonly repeatedUploads: number;
  readonly uploadedBytes: number;
  /** Of tasks that ended. */
  readonly coins: number;
  /** Most tasks of one account at once, queued ones included, others' tasks not. */
  readonly maxInFlight: number;
  /** Status → tasks. */
  readonly tasks: Readonly<Record<string, number>>;
  /** Sum of the run times of ended tasks, in ms of service time. */
  readonly busyMs: number;
  readonly webhooks: number;
  /** Service time, ISO 8601. */
  readonly now: string;
}

interface BillLine {
  readonly taskId: string;
  readonly workflowId: string;
  readonly status: TaskStatus;
  /** As received; numbers that a double cannot hold are texts here, see `values`. */
  readonly nodeInfoList: unknown;
  /** `nodeId.fieldName` → the JSON text of its fieldValue, digit for digit. */
  readonly values: Readonly<Record<string, string>>;
  /** The request's body without the key, as JSON text. */
  readonly request: string;
  /** Service times, ISO 8601. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly seconds: number;
  readonly coins: number;
  /** Of keys that pay with money; null for the others. */
  readonly money: string | null;
  /** False where the create's answer never reached the client. */
  readonly answerDelivered: boolean;
}

export type Bill = readonly BillLine[];

export const statsOf = (
  model: ServiceModel,
  requests: Readonly<Record<string, number>>,
  faults: Readonly<Record<string, number>>,
  webhooks: number,
): Stats => {
  model.settle();
  const tasks: Record<string, number> = {};
  const add = (status: TaskStatus, count: number): void => {
    if (count > 0) tasks[status] = (tasks[status] ?? 0) + count;
  };
  let [maxInFlight, busyMs, coins] = [0, 0, 0];
  for (const account of model.accounts.values()) {
    add('SUCCESS', account.ended.SUCCESS);
    add('FAILED', account.ended.FAILED);
    add('CANCEL', account.ended.CANCEL);
    add('QUEUED', account.waiting);
    add('RUNNING', account.running - account.foreign);
    maxInFlight = Math.max(maxInFlight, account.maxInFlight);
    busyMs += account.busyMs;
    coins += account.spentCoins;
  }
  return {
    requests: { ...requests },
    faults: { ...faults },
    accepted: model.tasks.size,
    duplicates: model.duplicates,
    capacityRefusals: model.capacityRefusals,
    uploads: model.uploads.total,
    repeatedUploads: model.uploads.repeated,
    uploadedBytes: model.uploads.bytes,
    coins,
    maxInFlight,
    tasks,
    busyMs: Math.round(busyMs),
    webhooks,
    now: new Date(model.now()).toISOString(),
  };
};

export const billOf = (model: ServiceModel): Bill => {
  model.settle();
  return [...model.tasks.values()].map((task) => lineOf(model, task));
};

const lineOf = (model: ServiceModel, task: Task): BillLine => {
  const now = model.now();
  const iso = (ms: number | null): string | null =>
    ms === null ? null : new Date(ms).toISOString();
  const account = model.accounts.get(task.accountId);
  const cost = account?.costOf(task, now);
  const started = task.startsAt !== null && task.startsAt <= now ? task.startsAt : null;
  return {
    taskId: task.taskId,
    workflowId: task.workflowId,
    status: model.statusOf(task),
    nodeInfoList: toPlain(task.nodeInfoList),
    values: valuesOf(task.nodeInfoList),
    request: task.request,
    createdAt: new Date(task.createdAt).toISOString(),
    startedAt: iso(started),
    endedAt: iso(task.endedAt),
    seconds: secondsOf(task, now),
    coins: cost?.coins ?? 0,
    money: account?.paysMoney === true ? moneyText(cost?.thousandths ?? 0) : null,
    answerDelivered: task.answerDelivered,
  };
};

const valuesOf = (list: Json): Record<string, string> =>
  Object.fromEntries(
    (isList(list) ? list : [])
      .filter((entry) => isObject(entry))
      .map((entry) => [
        `${idOf(entry.get('nodeId'))}.${idOf(entry.get('fieldName'))}`,
        jsonText(entry.get('fieldValue') ?? null),
      ]),
  );
