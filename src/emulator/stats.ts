import { toPlain } from '../values/json-text.js';
import type { ServiceModel, Task } from './service.js';

/** Counts of an emulator's life, as `GET /emulator/stats` tells them. */
export interface Stats {
  readonly requests: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly accepted: number;
  /** Accepted requests that were identical to an earlier one. */
  readonly duplicates: number;
  readonly capacityRefusals: number;
  readonly uploads: number;
  readonly repeatedUploads: number;
  readonly coins: number;
  readonly maxInFlight: number;
  readonly tasks: Readonly<Record<string, number>>;
}

export interface BillLine {
  readonly taskId: string;
  readonly workflowId: string;
  readonly status: string;
  readonly nodeInfoList: unknown;
  /** The request's body without the key, as it was sent. */
  readonly request: string;
  readonly createdAt: string;
  readonly seconds: number;
  readonly coins: number;
  /** False where a fault kept the create's answer from the client. */
  readonly answerDelivered: boolean;
}

export type Bill = readonly BillLine[];

export const statsOf = (
  model: ServiceModel,
  requests: Readonly<Record<string, number>>,
  faults: Readonly<Record<string, number>>,
): Stats => {
  const tasks: Record<string, number> = {};
  let coins = 0;
  for (const task of model.tasks.values()) {
    const status = model.statusOf(task);
    tasks[status] = (tasks[status] ?? 0) + 1;
    if (status === 'SUCCESS' || status === 'FAILED' || status === 'CANCEL')
      coins += model.coinsOf(task);
  }
  const { accepted, capacityRefusals, uploads, repeatedUploads, maxInFlight } = model.counts;
  return {
    requests: { ...requests },
    faults: { ...faults },
    accepted,
    duplicates: model.duplicates(),
    capacityRefusals,
    uploads,
    repeatedUploads,
    coins,
    maxInFlight,
    tasks,
  };
};

export const billOf = (model: ServiceModel): Bill =>
  [...model.tasks.values()].map((task: Task) => ({
    taskId: task.taskId,
    workflowId: task.workflowId,
    status: model.statusOf(task),
    nodeInfoList: toPlain(task.nodeInfoList),
    request: task.request,
    createdAt: new Date(task.createdAt).toISOString(),
    seconds: model.secondsOf(task),
    coins: model.coinsOf(task),
    answerDelivered: task.answerDelivered,
  }));
