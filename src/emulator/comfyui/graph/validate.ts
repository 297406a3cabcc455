import { contains, each, item } from '../python/convert.js';
import { pyStr } from '../python/dumps.js';
import { Raised, asRaised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { dict, isPyDict, isPyList, typeName } from '../python/value.js';
import type { Shop } from './check-node.js';
import { NodeCheck } from './check-node.js';
import type { Graph } from './graph.js';
import { classOf, graphOf } from './graph.js';
import type { Mistake } from './mistakes.js';
import { exceptionMistake, mistake, mistakeJson } from './mistakes.js';

/** What a submit is told of its graph. */
export type Validated =
  | {
      readonly valid: true;
      readonly graph: Graph;
      readonly outputs: readonly string[];
      readonly nodeErrors: Py;
    }
  | { readonly valid: false; readonly error: Py; readonly nodeErrors: Py };

/** `validate_prompt` (ComfyUI notes, sections 2.2 and 2.3); raises where the server answers 500. */
export const validate = (prompt: Py, partial: Py, shop: Shop): Validated => {
  const { errorObjects } = shop.version;
  const refused = (reason: Mistake): Validated => ({
    valid: false,
    error: mistakeJson(reason),
    nodeErrors: errorObjects ? dict({}) : [],
  });
  const outputs: string[] = [];
  for (const id of each(prompt)) {
    const name = pyStr(id);
    const node = isPyDict(prompt) ? item(prompt, name) : notIndexed(prompt);
    if (!contains(node, 'class_type')) return refused(withoutClass(name, node, shop));
    const type = item(node, 'class_type');
    if (isPyDict(type) || isPyList(type))
      throw new Raised('TypeError', `unhashable type: '${typeName(type)}'`);
    const known = typeof type === 'string' ? shop.classes.get(type) : undefined;
    if (known === undefined) return refused(unknownClass(name, type, node, shop));
    if (known.isOutput === true && (partial === null || contains(partial, name)))
      outputs.push(name);
  }
  if (outputs.length === 0)
    return refused(mistake('prompt_no_outputs', 'Prompt has no outputs', ''));
  return checked(graphOf(prompt as PyDict), outputs, shop);
};

const notIndexed = (prompt: Py): never => {
  throw new Raised('TypeError', `${typeName(prompt)} indices must be integers or slices, not str`);
};

const checked = (graph: Graph, outputs: readonly string[], shop: Shop): Validated => {
  const check = new NodeCheck(graph, shop);
  const good: string[] = [];
  const lines: string[] = [];
  const nodeErrors = new Map<
    string,
    { readonly mistakes: readonly Mistake[]; outputs: string[] }
  >();
  for (const output of outputs) {
    const verdict = verdictOf(check, output);
    if (verdict.valid) {
      good.push(output);
      continue;
    }
    lines.push(...verdict.mistakes.map(({ message, details }) => `${message}: ${details}`));
    for (const [id, { valid, mistakes }] of check.verdicts) {
      // Nodes that are wrong only for what feeds them are not told.
      if (valid || mistakes.length === 0) continue;
      const told = nodeErrors.get(id) ?? { mistakes, outputs: [] };
      told.outputs.push(output);
      nodeErrors.set(id, told);
    }
  }
  const errors: Py = new Map(
    [...nodeErrors].map(([id, { mistakes, outputs: dependent }]): [string, Py] => [
      id,
      dict({
        errors: mistakes.map(mistakeJson),
        dependent_outputs: dependent,
        class_type: classOf(graph, id),
      }),
    ]),
  );
  return good.length > 0
    ? { valid: true, graph, outputs: good, nodeErrors: errors }
    : {
        valid: false,
        error: mistakeJson(
          mistake(
            'prompt_outputs_failed_validation',
            'Prompt outputs failed validation',
            lines.join('\n'),
          ),
        ),
        nodeErrors: errors,
      };
};

const verdictOf = (check: NodeCheck, output: string) => {
  try {
    return check.check(output);
  } catch (cause) {
    const verdict = { valid: false, mistakes: [exceptionMistake(asRaised(cause))] };
    check.verdicts.set(output, verdict);
    return verdict;
  }
};

const withoutClass = (id: string, node: Py, { version }: Shop): Mistake => {
  const details = `Node ID '#${id}'`;
  if (!version.missingNodeType)
    return mistake(
      'invalid_prompt',
      'Cannot execute because a node is missing the class_type property.',
      details,
    );
  const title = titleOf(node);
  return mistake(
    'missing_node_type',
    `Node '${title === null ? `ID #${id}` : pyStr(title)}' has no class_type. The workflow may be corrupted or a custom node is missing.`,
    details,
    { node_id: id, class_type: null, node_title: title },
  );
};

const unknownClass = (id: string, type: Py, node: Py, { version }: Shop): Mistake => {
  const details = `Node ID '#${id}'`;
  if (!version.missingNodeType)
    return mistake(
      'invalid_prompt',
      `Cannot execute because node ${pyStr(type)} does not exist.`,
      details,
    );
  const title = titleOf(node) ?? type;
  return mistake(
    'missing_node_type',
    `Node '${pyStr(title)}' not found. The custom node may not be installed.`,
    details,
    { node_id: id, class_type: type, node_title: title },
  );
};

const titleOf = (node: Py): Py => {
  const meta = isPyDict(node) ? node.get('_meta') : null;
  return isPyDict(meta ?? null) ? ((meta as PyDict).get('title') ?? null) : null;
};
