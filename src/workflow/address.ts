import { error } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import type { Problems } from '../diagnostics/problems.js';
import { jsonText } from '../values/json-text.js';
import type { Place } from '../values/place.js';
import { differenceFrom, lookAlikes } from '../values/look-alike.js';
import { clipped } from '../values/printable.js';
import { shellWord } from '../values/shell-words.js';
import { roleWord, saysRole, wiredPrompts } from './roles.js';
import { feeds, parseSelector, selectNodes } from './select.js';
import { shortestAddress } from './shortest.js';
import type { Field, Workflow, WorkflowNode } from './workflow.js';

/** What an address turns out to be. */
type Found =
  | { readonly is: 'fields'; readonly fields: readonly Field[] }
  | { readonly is: 'malformed' }
  | { readonly is: 'none'; readonly selectors: readonly string[] }
  | {
      readonly is: 'several';
      readonly selector: string;
      readonly field: string;
      readonly nodes: readonly WorkflowNode[];
    }
  | { readonly is: 'noField'; readonly field: string; readonly node: WorkflowNode }
  | { readonly is: 'link'; readonly field: string; readonly node: WorkflowNode }
  | { readonly is: 'twoWays'; readonly ways: readonly string[] };

/** Tells an address from a plain variable's name: a selector and a field have a dot between. */
export const looksLikeAddress = (text: string): boolean => /[^.]\.[^.]/.test(text);

/**
 * The fields that an address names: one, or several with `[*]`. Otherwise null, and the
 * mistake is in `problems`, with candidates and the shortest address that would do.
 */
export const resolveAddress = (
  workflow: Workflow,
  text: string,
  at: Place | null,
  problems: Problems,
): readonly Field[] | null => {
  const found = findFields(workflow, text);
  if (found.is === 'fields') return found.fields;
  problems.add(explain(workflow, text, at, found));
  return null;
};

/** Whether the address resolves; for headers that may also be plain columns. */
export const findAddress = (workflow: Workflow, text: string): readonly Field[] | null => {
  const found = findFields(workflow, text);
  return found.is === 'fields' ? found.fields : null;
};

/** Every dot is tried as the split, and exactly one split must resolve. */
const findFields = (workflow: Workflow, text: string): Found => {
  const outcomes: { readonly way: string; readonly found: Found }[] = [];
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    const selector = text.slice(0, dot).trim();
    const field = text.slice(dot + 1).trim();
    if (selector === '' || field === '') continue;
    outcomes.push({
      way: `"${selector}" . "${field}"`,
      found: findSplit(workflow, selector, field),
    });
  }
  if (outcomes.length === 0) return { is: 'malformed' };
  const good = outcomes.filter(({ found }) => found.is === 'fields');
  const [first, second] = good;
  if (first !== undefined && second === undefined) return first.found;
  if (second !== undefined) return { is: 'twoWays', ways: good.map(({ way }) => way) };
  // The split that got furthest tells most.
  const rank: Readonly<Record<Found['is'], number>> = {
    link: 5,
    several: 4,
    noField: 3,
    none: 1,
    malformed: 0,
    fields: 9,
    twoWays: 9,
  };
  const [best] = [...outcomes].sort((a, b) => rank[b.found.is] - rank[a.found.is]);
  if (best === undefined || best.found.is === 'none')
    return { is: 'none', selectors: selectorsOf(text) };
  return best.found;
};

const selectorsOf = (text: string): string[] => {
  const selectors: string[] = [];
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1))
    selectors.push(text.slice(0, dot).trim());
  return selectors;
};

const findSplit = (workflow: Workflow, selector: string, field: string): Found => {
  const nodes = selectNodes(workflow, selector);
  const [node, another] = nodes;
  if (node === undefined) return { is: 'none', selectors: [selector] };
  if (another !== undefined && !parseSelector(selector).all)
    return { is: 'several', selector, field, nodes };
  const fields: Field[] = [];
  for (const match of nodes) {
    const literal = fieldNamed(match, field);
    if (literal === null)
      return { is: match.links.has(field) ? 'link' : 'noField', field, node: match };
    fields.push(literal);
  }
  return { is: 'fields', fields };
};

/** Exact after NFC: files from different systems spell one name in two ways. */
const fieldNamed = (node: WorkflowNode, name: string): Field | null => {
  const exact = node.fields.get(name);
  if (exact !== undefined) return exact;
  const wanted = name.normalize('NFC');
  for (const [key, field] of node.fields) if (key.normalize('NFC') === wanted) return field;
  return null;
};

const explain = (
  workflow: Workflow,
  text: string,
  at: Place | null,
  found: Exclude<Found, { is: 'fields' }>,
): ReturnType<typeof error> => {
  switch (found.is) {
    case 'malformed':
      return error('E0212', at, `"${text}" is not an address: selector.field`, {
        hint:
          promptHint(workflow, text) ??
          `rh-batch fields ${shellWord(workflow.file)} lists all addresses`,
      });
    case 'twoWays':
      return error('E0211', at, `"${text}" can be read as ${found.ways.join(' and as ')}`, {
        hint: 'write id:… with the node id',
      });
    case 'none':
      return noNode(workflow, text, at, found.selectors);
    case 'several':
      return severalNodes(workflow, at, found.selector, found.field, found.nodes);
    case 'noField': {
      const names = [...found.node.fields.keys()];
      const [near] = nearest(found.field, names);
      return error(
        'E0209',
        at,
        `${label(found.node)} has no field "${found.field}"; it has ${names.join(', ') || 'none'}`,
        {
          hint: near === undefined ? null : `write ${shortestAddress(workflow, found.node, near)}`,
        },
      );
    }
    case 'link':
      return linked(workflow, at, found.node, found.field);
  }
};

const noNode = (
  workflow: Workflow,
  text: string,
  at: Place | null,
  selectors: readonly string[],
): ReturnType<typeof error> => {
  const names = new Map<string, string>();
  for (const node of workflow.nodes.values())
    for (const name of [node.title, node.classType, node.id])
      if (name !== null) names.set(name, name);
  const shown = selectors[0] ?? text;
  const bare = parseSelector(shown).name;
  const alike = lookAlikes(bare, names.keys())[0];
  const near = alike === undefined ? nearest(bare, names.keys()) : [alike];
  const field = text.slice(shown.length + 1);
  return error('E0207', at, `no node has the id, title or class "${bare}"`, {
    notes: alike === undefined ? [] : [`"${alike}" looks like it: ${differenceFrom(bare, alike)}`],
    hint:
      near.length > 0
        ? `did you mean ${near.map((name) => `${name}.${field}`).join(' or ')}?`
        : (promptHint(workflow, text) ??
          `rh-batch fields ${shellWord(workflow.file)} lists all addresses`),
  });
};

/** Where the stock graph calls both its texts alike: the one that the words mean. */
const promptHint = (workflow: Workflow, text: string): string | null => {
  const role = saysRole(text, 'negative') ? 'negative' : 'positive';
  if (role === 'positive' && !/positive|prompt|正向|提示词/iu.test(text)) return null;
  const meant = [...wiredPrompts(workflow)].filter(([, of]) => of === role);
  const [[field] = []] = meant;
  const node = field === undefined ? undefined : workflow.nodes.get(field.node);
  return meant.length !== 1 || field === undefined || node === undefined
    ? null
    : `the ${roleWord(role)} of this graph is ${shortestAddress(workflow, node, field.name)}`;
};

const severalNodes = (
  workflow: Workflow,
  at: Place | null,
  selector: string,
  field: string,
  nodes: readonly WorkflowNode[],
): ReturnType<typeof error> => {
  const shown = nodes.slice(0, 8);
  const notes = shown.map((node) => candidate(workflow, node, field));
  if (nodes.length > shown.length) notes.push(`… and ${nodes.length - shown.length} more`);
  const fitting = nodes.find((node) => node.fields.has(field));
  const way = fitting === undefined ? null : shortestAddress(workflow, fitting, field);
  return error('E0208', at, `"${selector}" matches ${nodes.length} nodes`, {
    notes,
    hint: way === null ? null : `write ${way}`,
  });
};

const candidate = (workflow: Workflow, node: WorkflowNode, field: string): string => {
  const fed = feeds(workflow, node.id);
  const value = node.fields.get(field);
  return [
    `id:${node.id}`,
    node.classType,
    ...(node.title !== null && node.title !== node.classType ? [`"${node.title}"`] : []),
    ...(fed === null ? [] : [`feeds ${fed}`]),
    ...(value === undefined ? [] : [`${field} = ${clip(jsonText(value.value))}`]),
  ].join('  ');
};

const linked = (
  workflow: Workflow,
  at: Place | null,
  node: WorkflowNode,
  field: string,
): ReturnType<typeof error> => {
  const link = node.links.get(field);
  const source = link === undefined ? undefined : workflow.nodes.get(link.node);
  const first = source === undefined ? undefined : [...source.fields.values()][0];
  return error(
    'E0210',
    at,
    `${label(node)}.${field} is wired from ${source === undefined ? 'another node' : label(source)}: it has no value of its own`,
    {
      hint:
        source === undefined || first === undefined
          ? null
          : `set a field of that node, such as ${shortestAddress(workflow, source, first.name)}`,
    },
  );
};

const label = (node: WorkflowNode): string =>
  node.title !== null && node.title !== node.classType
    ? `"${node.title}" (${node.classType}, id ${node.id})`
    : `${node.classType} (id ${node.id})`;

const clip = (text: string): string => clipped(text.replaceAll('\n', ' '), 60);

/** Nodes that a selector names (`outputs.nodes`); empty, with a diagnostic, when there are none. */
export const resolveSelector = (
  workflow: Workflow,
  text: string,
  at: Place | null,
  problems: Problems,
): readonly WorkflowNode[] => {
  const nodes = selectNodes(workflow, text);
  if (nodes.length === 0) problems.add(noNode(workflow, text, at, [text]));
  return nodes;
};
