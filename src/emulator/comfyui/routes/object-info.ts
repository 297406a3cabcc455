import { json } from '../http/answers.js';
import type { Inputs, Lists, NodeClass } from '../nodes/node-class.js';
import type { Py, PyDict } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Version } from '../versions.js';
import type { Route } from './route.js';

/** `GET /object_info`: what every class takes and gives, lists of files included (section 8). */
export const getObjectInfo: Route = {
  name: 'objectInfo',
  method: 'GET',
  path: /^\/object_info$/,
  handle: (_, { classes, lists, version }) =>
    json(
      new Map(
        [...classes].map(([name, node]): [string, Py] => [
          name,
          described(name, node, lists, version),
        ]),
      ),
    ),
};

/** `GET /object_info/{class}`: `{}` for one that is not there. */
export const getObjectInfoOf: Route = {
  name: 'objectInfoOf',
  method: 'GET',
  path: /^\/object_info\/([^/]+)$/,
  handle: (_, { classes, lists, version }, [name = '']) => {
    const node = classes.get(name);
    return json(
      node === undefined ? dict({}) : new Map([[name, described(name, node, lists, version)]]),
    );
  },
};

const described = (name: string, node: NodeClass, lists: Lists, { newEngine }: Version): PyDict => {
  const { required, optional, hidden } = node.input(lists);
  const groups = Object.entries({ required, optional, hidden }).filter(
    (group): group is [string, Inputs | Readonly<Record<string, string>>] => group[1] !== undefined,
  );
  return dict({
    input: new Map(groups.map(([group, inputs]): [string, Py] => [group, dict(plain(inputs))])),
    ...(newEngine
      ? { input_order: new Map(groups.map(([group, inputs]) => [group, Object.keys(inputs)])) }
      : {}),
    output: node.output,
    output_is_list: node.output.map(() => false),
    output_name: node.outputName ?? node.output,
    name,
    display_name: node.displayName ?? name,
    description: '',
    ...(newEngine ? { python_module: node.module ?? 'nodes' } : {}),
    category: node.category,
    output_node: node.isOutput === true,
  });
};

const plain = (inputs: Inputs | Readonly<Record<string, string>>): Readonly<Record<string, Py>> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, spec]) => [
      name,
      typeof spec === 'string' ? spec : [...(spec as readonly Py[])],
    ]),
  );
