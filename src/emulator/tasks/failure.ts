import type { Graph } from '../graph/graph.js';
import { textsOf } from '../graph/graph.js';
import type { GraphFacts } from '../graph/nodes.js';
import type { Failure } from './task.js';

/** What a mark in a text field asks for. */
export interface Asked {
  readonly failure: Failure | null;
  /** Ends well without any file. */
  readonly empty: boolean;
  /** Run time, multiplied. */
  readonly slower: number;
}

const nothing: Asked = { failure: null, empty: false, slower: 1 };

/** `[emulate:NAME]`, `[emulate:NAME-3]` */
const mark = /\[emulate:([a-z]+(?:-[a-z]+)*)(?:-(\d+))?\]/;

/**
 * Marks in any text of the graph play a failure, so that demos and tests can show one:
 * oom (unless `plus` or `ultra`), fail, fail-once, fail-N (the first N tries of one request),
 * sensitive, timeout, silent (fails without a reason), empty, slow (10 times), hang (until ended).
 */
export const askedBy = (
  graph: Graph,
  large: boolean,
  /** Counts the tries of this very request, from 1. */
  tries: () => number,
): Asked => {
  const text = textsOf(graph).find((candidate) => mark.test(candidate)) ?? '';
  const [, name, times] = mark.exec(text) ?? [];
  const fails = (type: string, message: string, more: Partial<Failure> = {}): Asked => ({
    ...nothing,
    failure: { ...sampler(graph), type, message, v2: '1000', told: true, ...more },
  });
  switch (name) {
    case 'oom':
      return large
        ? nothing
        : fails('torch.OutOfMemoryError', 'Allocation on device 0 would exceed allowed memory.');
    case 'fail':
    case 'fail-once':
      return name === 'fail' && times === undefined
        ? fails('RuntimeError', 'the emulated task failed')
        : tries() <= Number(times ?? 1)
          ? fails('RuntimeError', 'the emulated task failed, and will not fail for ever')
          : nothing;
    case 'sensitive':
      return fails(
        'ValueError',
        'Content verification failed, please modify your prompt or images',
        { v2: '1501' },
      );
    case 'timeout':
      return fails('TimeoutError', 'Task execution timed out, please retry', { v2: '1006' });
    case 'silent':
      return fails('RuntimeError', '', { told: false });
    case 'empty':
      return { ...nothing, empty: true };
    case 'slow':
      return { ...nothing, slower: 10 };
    case 'hang':
      return { ...nothing, slower: Number.POSITIVE_INFINITY };
    default:
      return nothing;
  }
};

const sampler = (graph: Graph): { node: string; name: string } => {
  const nodes = [...graph];
  const [node, found] = nodes.find(([, { classType }]) => /sampler/i.test(classType)) ??
    nodes[0] ?? ['0', { classType: 'KSampler' }];
  return { node, name: found.classType };
};

const given = /^(?:api|openapi)\/[0-9a-f]{16,}|^[0-9a-f]{64}$/;

/**
 * The loader whose file the service does not have: an upload that is unknown or has expired, or a
 * local name that was never uploaded. What the saved graph itself names is there.
 */
export const missingFile = (
  graph: Graph,
  { files }: GraphFacts,
  saved: Graph | null,
  has: (name: string) => boolean,
): Failure | null => {
  for (const { node, classType, field } of filesOf(graph, files)) {
    const name = graph.get(node)?.inputs.get(field);
    if (typeof name !== 'string' || /^https?:\/\//.test(name)) continue;
    if (saved?.get(node)?.inputs.get(field) === name) continue;
    const local = files.some((file) => file.node === node && file.field === field);
    const known = given.test(name) || name.startsWith('api-lora-cn/') ? has(name) : !local;
    if (known || (saved === null && !given.test(name))) continue;
    return {
      node,
      name: classType,
      type: 'FileNotFoundError',
      message: `custom_validation_failed: ${field} - Invalid file: ${name}`,
      v2: '1013',
      told: true,
    };
  }
  return null;
};

/** The loaders' fields, and every other field that holds a name of the service's. */
const filesOf = (graph: Graph, loaders: GraphFacts['files']): GraphFacts['files'] => [
  ...loaders,
  ...[...graph].flatMap(([node, { classType, inputs }]) =>
    [...inputs].flatMap(([field, value]) =>
      typeof value === 'string' && given.test(value) ? [{ node, classType, field }] : [],
    ),
  ),
];
