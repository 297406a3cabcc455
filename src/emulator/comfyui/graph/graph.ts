import { contains } from '../python/convert.js';
import { pyRepr } from '../python/dumps.js';
import { Raised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { isPyDict, isPyList, typeName } from '../python/value.js';

/** A graph whose classes are known; its values are converted in place as they are checked. */
export type Graph = ReadonlyMap<string, Map<string, Py>>;

/** Copies what is changed later: nodes and their inputs. */
export const graphOf = (prompt: PyDict): Graph =>
  new Map(
    [...prompt].map(([id, node]) => {
      const copy = new Map(isPyDict(node) ? node : []);
      const inputs = copy.get('inputs');
      if (isPyDict(inputs)) copy.set('inputs', new Map(inputs));
      return [id, copy];
    }),
  );

/** `prompt[id]['class_type']`; raises where there is no such node. */
export const classOf = (graph: Graph, id: Py): string => {
  const type = nodeOf(graph, id).get('class_type');
  return typeof type === 'string' ? type : '';
};

const nodeOf = (graph: Graph, id: Py): Map<string, Py> => {
  const node = typeof id === 'string' ? graph.get(id) : undefined;
  if (node !== undefined) return node;
  if (isPyDict(id) || isPyList(id))
    throw new Raised('TypeError', `unhashable type: '${typeName(id)}'`);
  // What `str` makes of a KeyError.
  throw new Raised('KeyError', pyRepr(id));
};

/** `prompt[id]['inputs']` */
export const inputsOf = (graph: Graph, id: string): Map<string, Py> => {
  const inputs = nodeOf(graph, id).get('inputs');
  if (inputs === undefined) throw new Raised('KeyError', "'inputs'");
  if (inputs instanceof Map) return inputs as Map<string, Py>;
  // Raises where the first input would be looked for.
  contains(inputs, '');
  throw new Raised('TypeError', `${typeName(inputs)} indices must be integers or slices, not str`);
};

/** The node and the slot that an input comes from; null for a literal. */
export const linkOf = (value: Py | undefined): { node: string; slot: number } | null => {
  if (value === undefined || !isPyList(value) || value.length !== 2) return null;
  const [node, slot] = value;
  return typeof node === 'string' && (typeof slot === 'bigint' || typeof slot === 'number')
    ? { node, slot: Number(slot) }
    : null;
};

export const graphJson = (graph: Graph): PyDict =>
  new Map([...graph].map(([id, node]) => [id, node]));
