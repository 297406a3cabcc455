import { dict } from '../python/value.js';
import type { Py, PyDict } from '../python/value.js';
import type { Raised } from '../python/raised.js';

/** One of `node_errors[id].errors` (ComfyUI notes, section 2.2). */
export interface Mistake {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra: PyDict;
}

export const mistakeJson = ({ type, message, details, extra }: Mistake): Py =>
  dict({ type, message, details, extra_info: extra });

export const mistake = (
  type: string,
  message: string,
  details: string,
  extra: Readonly<Record<string, Py>> = {},
): Mistake => ({ type, message, details, extra: dict(extra) });

const traceback = (where: string): Py => [
  `  File "/root/ComfyUI/execution.py", line 812, in ${where}\n`,
];

export const exceptionMistake = ({ message, type }: Raised): Mistake =>
  mistake('exception_during_validation', 'Exception when validating node', message, {
    exception_type: type,
    traceback: traceback('validate_prompt'),
  });

/** Of a node that feeds another one. */
export const innerMistake = (
  { message, type }: Raised,
  input: string,
  config: Py,
  link: Py,
): Mistake =>
  mistake('exception_during_inner_validation', 'Exception when validating inner node', message, {
    input_name: input,
    input_config: config,
    exception_message: message,
    exception_type: type,
    traceback: traceback('validate_inputs'),
    linked_node: link,
  });
