import type { Json } from '../../values/json.js';
import type { Graph, Override } from '../graph/graph.js';
import { patched } from '../graph/graph.js';
import type { GraphFacts } from '../graph/nodes.js';

export type TaskStatus = 'QUEUED' | 'RUNNING' | 'SUCCESS' | 'FAILED' | 'CANCEL';

export interface Failure {
  readonly node: string;
  readonly name: string;
  readonly type: string;
  readonly message: string;
  /** `errorCode` of V2 (API notes, section 10.2). */
  readonly v2: string;
  /** False: the service gives no reason (API notes, section 5.3). */
  readonly told: boolean;
}

/** A task that the service accepted, and so bills. Times are ms of service time. */
export interface Task {
  readonly taskId: string;
  /** Hash of the key. */
  readonly accountId: string;
  readonly workflowId: string;
  /** The request's body without the key, as JSON text: what a bill would be argued about with. */
  readonly request: string;
  readonly nodeInfoList: Json;
  readonly base: GraphFacts;
  /**
   * What the graph gets: the request's overrides, and new values for seeds that it does not list.
   */
  readonly overrides: readonly Override[];
  readonly addMetadata: boolean;
  readonly createdAt: number;
  readonly runMs: number;
  readonly coinsPerSecond: number;
  readonly webhookUrl: string | null;
  /** Ends well, but saves nothing. */
  readonly empty: boolean;
  failure: Failure | null;
  startsAt: number | null;
  endedAt: number | null;
  outcome: 'SUCCESS' | 'FAILED' | 'CANCEL' | null;
  /** False where the create's answer never reached the client. */
  answerDelivered: boolean;
}

/** The graph that the task runs. */
export const graphOf = (task: Task): Graph => patched(task.base.graph, task.overrides);

/** Run seconds, as `taskCostTime`; a task that never started has none. */
export const secondsOf = (task: Task, now: number): number =>
  task.startsAt === null
    ? 0
    : Math.max(0, Math.round(((task.endedAt ?? now) - task.startsAt) / 1000));

export const moneyText = (thousandths: number): string => (thousandths / 1000).toFixed(3);
