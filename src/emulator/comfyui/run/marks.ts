import type { Graph } from '../graph/graph.js';
import { classOf, inputsOf } from '../graph/graph.js';
import { Raised } from '../python/raised.js';

/** What a mark in a text of the graph asks for. */
export interface Asked {
  readonly node: string | null;
  readonly raises: Raised | null;
  /** Run time of samplers, multiplied. */
  readonly slower: number;
}

/** `[emulate:NAME]`, `[emulate:fail-3]` */
const mark = /\[emulate:([a-z]+(?:-[a-z]+)*)(?:-(\d+))?\]/;

/**
 * Marks in any text of the graph play a failure, so that demos and tests can show one, in the words
 * of the other emulator: oom, fail, fail-once, fail-N (the first N times), slow (10 times), hang.
 */
export const askedBy = (graph: Graph, tries: () => number): Asked => {
  const text = [...graph.keys()]
    .flatMap((id) => [...inputsOf(graph, id).values()])
    .find((value): value is string => typeof value === 'string' && mark.test(value));
  const [, name, times] = mark.exec(text ?? '') ?? [];
  const nodes = [...graph.keys()];
  const node = nodes.find((id) => /sampler/i.test(classOf(graph, id))) ?? nodes[0] ?? null;
  const raises = (type: string, message: string): Asked => ({
    node,
    raises: new Raised(type, message),
    slower: 1,
  });
  switch (name) {
    case 'oom':
      return raises('torch.OutOfMemoryError', 'Allocation on device ');
    case 'fail':
    case 'fail-once':
      if ((name === 'fail' && times === undefined) || tries() <= Number(times ?? 1))
        return raises('RuntimeError', 'the emulated prompt failed');
      return { node, raises: null, slower: 1 };
    case 'slow':
      return { node, raises: null, slower: 10 };
    case 'hang':
      return { node, raises: null, slower: 1e9 };
    default:
      return { node, raises: null, slower: 1 };
  }
};
