import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import type { Refusal } from './refusal.js';
import type { Failure, Task } from '../tasks/task.js';

/** Bodies in the service's own shapes and quirks (API notes, sections 1.4, 2 and 8). */
export const map = (entries: Readonly<Record<string, Json>>): Json =>
  new Map(Object.entries(entries));
export const number = (value: number): JsonNumber => new JsonNumber(String(value));

export const success = (data: Json, msg = 'success'): Json => map({ code: number(0), msg, data });

export const refusal = ({ code, msg, data }: Pick<Refusal, 'code' | 'msg' | 'data'>): Json =>
  map({ code: number(code), msg, data });

/** The flat V2 shape (API notes, section 2.6): no `code`, `errorCode` a text. */
export const v2Refused = ({ code, msg }: Pick<Refusal, 'code' | 'msg'>): Json =>
  map({
    taskId: '',
    status: 'FAILED',
    errorCode: String(code),
    errorMessage: msg,
    results: null,
    clientId: '',
    promptTips: '',
  });

/** What ComfyUI says of a prompt that validates; `errors` plays outputs that were dropped. */
export const promptTips = (task: Task, errors = false): string => {
  const outputs = task.base.outputs.map(({ node }) => node);
  const [first] = task.base.graph;
  const dropped = map({
    [first?.[0] ?? '1']: map({
      errors: [
        map({
          type: 'value_not_in_list',
          message: 'Value not in list',
          details: 'an output that is not needed',
          extra_info: map({}),
        }),
      ],
      dependent_outputs: [],
      class_type: first?.[1].classType ?? '',
    }),
  });
  return jsonText(
    map({
      result: true,
      error: null,
      outputs_to_execute: outputs,
      node_errors: errors ? dropped : map({}),
    }),
  );
};

export const clientIdOf = (task: Task): string => task.taskId.padStart(32, 'e');

/** An address as soon as the task runs; what it carries in place of a signature is no secret. */
export const netWssUrl = (task: Task, ws: string): string =>
  `${ws}/ws/c_instance?c_host=127.0.0.1&c_port=80&clientId=${clientIdOf(task)}&workflowId=${task.workflowId}&Rh-Comfy-Auth=emulated`;

export const failedReason = (failure: Failure | null): Json =>
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
