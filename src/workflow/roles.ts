import type { Field, Workflow, WorkflowNode } from './workflow.js';

/** What a sampler does with a prompt: draws towards it, or away from it. */
export type Role = 'positive' | 'negative';

/** How people call a field of this role: in questions, on the command line, as a column. */
export const roleWord = (role: Role): string => `${role} prompt`;

/**
 * Prompts that reach an input called `positive` or `negative` (or the `conditioning` of a guider),
 * through whatever stands between: encoders, controls, text that is joined or switched. A text that
 * reaches both is the positive one: what is made of nothing is often its zeroed copy.
 */
export const wiredPrompts = (workflow: Workflow): ReadonlyMap<Field, Role> => {
  const roles = new Map<Field, Role>();
  for (const role of ['negative', 'positive'] as const) {
    const seen = new Set<WorkflowNode>();
    for (const node of workflow.nodes.values())
      for (const [input, link] of node.links)
        if (roleOfInput(workflow, node, input) === role)
          walk(workflow, link.node, role, seen, (field) => roles.set(field, role));
  }
  return roles;
};

/** By what the field, or else its node, is called; null: neither tells. */
export const roleByName = (field: Field, { title }: WorkflowNode): Role | null =>
  wordIn(field.name) ?? wordIn(title ?? '');

const words: Readonly<Record<Role, RegExp>> = {
  positive: /positive|正向|正面/iu,
  negative: /negative|反向|负/iu,
};

/** Whether a name has a word for this role in it. */
export const saysRole = (name: string, role: Role): boolean => words[role].test(name);

const wordIn = (name: string): Role | null =>
  saysRole(name, 'negative') ? 'negative' : saysRole(name, 'positive') ? 'positive' : null;

/** Only texts that somebody writes; not names of models, samplers and files. */
export const isPromptField = ({ kind, name, rules, file }: Field): boolean =>
  kind === 'text' && file === null && (rules?.choices ?? null) === null && isPromptName(name);

/** By what ComfyUI's and RunningHub's own nodes call it. */
export const isPromptName = (field: string): boolean =>
  /^(?:text(?:_?[a-z]|_?\d+)?|string(?:_?[a-z]|_?\d+)?|.*prompt.*|positive|negative|提示词.*)$/iu.test(
    field,
  );

/** Behind a prompt's input the only text of a node is a prompt, whatever it is called. */
const isText = (field: Field): boolean =>
  isPromptField(field) ||
  (field.kind === 'text' &&
    field.file === null &&
    /^(?:value|content|tags|.*_text)$/i.test(field.name));

/**
 * A node that shows what is wired into it. The text in its file is what it showed last: the node
 * writes over it.
 */
export const isDisplay = ({ classType, links }: WorkflowNode): boolean => {
  if (links.size === 0) return false;
  const words = classType.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{Lo}+/gu) ?? [];
  return words.some((word) =>
    /^(?:show|display|preview|debug|print|viewer|inspect|comparer?|.*显示.*)$/iu.test(word),
  );
};

const roleOfInput = (workflow: Workflow, node: WorkflowNode, input: string): Role | null => {
  const [, word = null] = /^(positive|negative)(?:_|$)/i.exec(input) ?? [];
  if (word !== null) return word.toLowerCase() === 'negative' ? 'negative' : 'positive';
  if (!/^cond(?:itioning)?\d*$/i.test(input)) return null;
  return feedsGuider(workflow, node) ? 'positive' : null;
};

const feedsGuider = (workflow: Workflow, { id }: WorkflowNode): boolean =>
  [...workflow.nodes.values()].some(({ links }) => links.get('guider')?.node === id);

/** Pictures, models and numbers are no way for a text. */
const otherWays =
  /^(?:model|clip|vae|samples|noise|sampler|sigmas|control_net|style_model|.*(?:clip_?vision|image|pixels|mask|latent|audio|video|lora|seed).*)\d*$/i;

const walk = (
  workflow: Workflow,
  id: string,
  role: Role,
  seen: Set<WorkflowNode>,
  found: (field: Field) => void,
): void => {
  const todo = [workflow.nodes.get(id)];
  for (let node = todo.pop(); todo.length > 0 || node !== undefined; node = todo.pop()) {
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    if (!isDisplay(node))
      for (const field of node.fields.values())
        if (isText(field) && (wordIn(field.name) ?? role) === role) found(field);
    for (const [input, link] of node.links)
      if (!otherWays.test(input) && (wordIn(input) ?? role) === role)
        todo.push(workflow.nodes.get(link.node));
  }
};
