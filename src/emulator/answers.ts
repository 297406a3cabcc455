import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import { outputFiles } from './outputs.js';
import type { Failure, Refusal, ServiceModel, Task } from './service.js';

/** Bodies in the service's own shapes and quirks (runninghub-api 1.4, 2, 5). */
export const map = (entries: Readonly<Record<string, Json>>): Json =>
  new Map(Object.entries(entries));
export const number = (value: number): JsonNumber => new JsonNumber(String(value));

export const success = (data: Json, msg = 'success'): Json => map({ code: number(0), msg, data });
export const refusal = ({ code, msg, data }: Refusal): Json =>
  map({ code: number(code), msg, data: data ?? null });

const promptTips = (task: Task): string =>
  jsonText(
    map({
      result: true,
      error: null,
      outputs_to_execute: outputFiles(task, 1).map(({ node }) => node),
      node_errors: map({}),
    }),
  );

/** `netWssUrl` is an address as soon as the task runs. */
export const netWssUrl = (task: Task, ws: string): string =>
  `${ws}/ws/c_instance?c_host=127.0.0.1&c_port=80&clientId=${clientId(task)}&workflowId=${task.workflowId}&Rh-Comfy-Auth=emulated`;

const clientId = (task: Task): string => task.taskId.padStart(32, 'e');

export const created = (model: ServiceModel, task: Task, ws: string): Json => {
  const running = model.statusOf(task) === 'RUNNING';
  return success(
    map({
      netWssUrl: running ? netWssUrl(task, ws) : null,
      taskId: task.taskId,
      clientId: clientId(task),
      taskStatus: running ? 'RUNNING' : 'QUEUED',
      promptTips: promptTips(task),
    }),
  );
};

export const outputsOf = (model: ServiceModel, task: Task, site: string, ws: string): Json => {
  switch (model.statusOf(task)) {
    case 'QUEUED':
      return refusal({ is: 'refused', code: 813, msg: 'APIKEY_TASK_IS_QUEUED' });
    case 'RUNNING':
      return refusal({
        is: 'refused',
        code: 804,
        msg: 'APIKEY_TASK_IS_RUNNING',
        data: map({ netWssUrl: netWssUrl(task, ws) }),
      });
    case 'SUCCESS':
      return success(outputList(model, task, site));
    case 'FAILED':
      return refusal({
        is: 'refused',
        code: 805,
        msg: 'APIKEY_TASK_STATUS_ERROR',
        data: map({ failedReason: failedReason(task.failure) }),
      });
    case 'CANCEL':
      return refusal({ is: 'refused', code: 805, msg: 'APIKEY_TASK_STATUS_ERROR' });
  }
};

const outputList = (model: ServiceModel, task: Task, site: string): Json =>
  outputFiles(task, 1).map(({ node, type }, index) =>
    map({
      fileUrl: linkOf(model, task, site, index),
      fileType: type,
      taskCostTime: String(model.secondsOf(task)),
      nodeId: node,
      thirdPartyConsumeMoney: null,
      consumeMoney: null,
      consumeCoins: String(model.coinsOf(task)),
    }),
  );

const linkOf = (model: ServiceModel, task: Task, site: string, index: number): string => {
  const file = outputFiles(task, 1)[index];
  const name = encodeURIComponent(file?.fileName ?? 'file');
  return `${site}/output/${task.taskId}/${index}/${name}?issued=${Math.floor(model.now())}`;
};

const failedReason = (failure: Failure | null): Json =>
  failure === null
    ? map({})
    : map({
        node_name: failure.name,
        node_id: failure.node,
        exception_type: failure.type,
        exception_message: failure.message,
        traceback: jsonText([
          `  File "/workspace/ComfyUI/execution.py", line 327, in execute\n`,
          `${failure.type}: ${failure.message}\n`,
        ]),
        current_inputs: '{}',
        current_outputs: '{}',
      });

/** The flat V2 shape (2.6, 5.4): no `code`, `errorCode` a text. */
export const v2Submitted = (model: ServiceModel, task: Task): Json =>
  map({
    taskId: task.taskId,
    status: model.statusOf(task) === 'RUNNING' ? 'RUNNING' : 'QUEUED',
    errorCode: '',
    errorMessage: '',
    results: null,
    clientId: clientId(task),
    promptTips: promptTips(task),
  });

export const v2Refused = ({ code, msg }: Refusal): Json =>
  map({
    taskId: '',
    status: 'FAILED',
    errorCode: String(code),
    errorMessage: msg,
    results: null,
    clientId: '',
    promptTips: '',
  });

export const v2Status = (model: ServiceModel, task: Task, site: string): Json => {
  const status = model.statusOf(task);
  const failed = status === 'FAILED';
  return map({
    taskId: task.taskId,
    status,
    errorCode: failed ? '1000' : '',
    errorMessage: failed ? 'unknown error' : '',
    failedReason: failed ? failedReason(task.failure) : map({}),
    usage: map({
      consumeMoney: null,
      consumeCoins: status === 'SUCCESS' ? String(model.coinsOf(task)) : null,
      taskCostTime: String(status === 'SUCCESS' ? model.secondsOf(task) : 0),
      thirdPartyConsumeMoney: null,
    }),
    results:
      status === 'SUCCESS'
        ? outputFiles(task, 1).map(({ node, type }, index) =>
            map({
              url: linkOf(model, task, site, index),
              outputType: type,
              nodeId: node,
              text: null,
            }),
          )
        : null,
    clientId: '',
    promptTips: '',
  });
};
