import type { Graph } from '../graph/graph.js';
import { pyRepr } from '../python/dumps.js';
import type { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import type { Cache } from './cache.js';
import type { Value } from './values.js';
import { shown } from './values.js';

/** What is told of an exception beside node and prompt (ComfyUI notes, section 5). */
export const errorMessage = (
  raised: Raised,
  about: {
    readonly node: string;
    readonly type: string;
    readonly inputs: ReadonlyMap<string, Value>;
    readonly graph: Graph;
    readonly cache: Cache;
    /** Nodes whose results were there before. */
    readonly before: readonly string[];
    readonly newer: boolean;
  },
): Readonly<Record<string, Py>> => {
  const { newer, type } = about;
  const { message, type: exception } = newer ? raised : asIn2024(raised);
  const memory = /OutOfMemoryError$/.test(exception);
  return {
    exception_message: newer ? `${message}\n${memory ? memoryTips : ''}` : message,
    exception_type: exception,
    traceback: [
      '  File "/root/ComfyUI/execution.py", line 496, in execute\n',
      '  File "/root/ComfyUI/execution.py", line 315, in get_output_data\n',
      `  File "/root/ComfyUI/nodes.py", line 1570, in ${type}\n`,
    ],
    current_inputs: new Map(
      [...about.inputs].map(([name, value]): [string, Py] => [name, [shown(value)]]),
    ),
    current_outputs: newer ? [...about.graph.keys()] : wholeOutputs(about.graph, about.cache),
  };
};

const memoryTips =
  'This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.';

const wholeOutputs = (graph: Graph, cache: Cache): Py =>
  new Map(
    [...graph.keys()].flatMap((node): [string, Py][] => {
      const outputs = cache.outputs(node);
      return outputs === null ? [] : [[node, outputs.map((value) => [shownOld(value)])]];
    }),
  );

const shownOld = (value: Value): Py => {
  const told = shown(value);
  return typeof told === 'object' && told !== null ? pyRepr(told) : told;
};

/** A picture that is none ended mid-2024's loader in an odd way. */
const asIn2024 = (raised: Raised): Pick<Raised, 'type' | 'message'> =>
  raised.type === 'PIL.UnidentifiedImageError'
    ? {
        type: 'UnboundLocalError',
        message: "cannot access local variable 'img' where it is not associated with a value",
      }
    : raised;
