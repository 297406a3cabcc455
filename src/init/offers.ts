import type { Json } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import { shortestAddress } from '../workflow/shortest.js';
import type { Field, Workflow, WorkflowNode } from '../workflow/workflow.js';

/** A field that a first manifest may vary. */
export interface Offer {
  readonly address: string;
  readonly field: Field;
  /** What it has now, as a cell of a table; null: nothing. */
  readonly now: string | null;
  /** Batches mostly vary these. */
  readonly suggested: boolean;
}

/** Of each kind: who has a hundred prompts means none of them in particular. */
const maxSuggested = 6;

/** Every literal field; those that batches mostly vary come first. */
export const offersOf = (workflow: Workflow): Offer[] => {
  const counts = new Map<string, number>();
  const offers = [...workflow.nodes.values()].flatMap((node) =>
    [...node.fields.values()].map((field) => {
      const kind = suggestedAs(workflow, node, field);
      const count = (counts.get(kind ?? '') ?? 0) + 1;
      counts.set(kind ?? '', count);
      const suggested = kind === 'needed' || (kind !== null && count <= maxSuggested);
      return offerOf(workflow, node, field, suggested);
    }),
  );
  return [
    ...offers.filter(({ suggested }) => suggested),
    ...offers.filter(({ suggested }) => !suggested),
  ];
};

const suggestedAs = (
  workflow: Workflow,
  node: WorkflowNode,
  field: Field,
): 'needed' | 'file' | 'prompt' | null => {
  if (needsValue(field)) return 'needed';
  if (field.file !== null) return 'file';
  return isPrompt(field) && !isNegative(workflow, node) ? 'prompt' : null;
};

const offerOf = (
  workflow: Workflow,
  node: WorkflowNode,
  field: Field,
  suggested: boolean,
): Offer => ({
  address: columnAddress(workflow, node, field.name),
  field,
  now: cellOf(field.value),
  suggested,
});

/** A column that begins with "_" is only for people (DESIGN 4.3): there the id has to do. */
export const columnAddress = (workflow: Workflow, node: WorkflowNode, field: string): string => {
  const address = shortestAddress(workflow, node, field);
  return address.startsWith('_') ? `id:${node.id}.${field}` : address;
};

export const cellOf = (value: Json): string | null =>
  value === null ? null : typeof value === 'string' ? value : jsonText(value);

/** Has no value of its own, and must have one. */
export const needsValue = ({ rules, value }: Field): boolean =>
  rules?.required === true && value === null;

/** By what ComfyUI's and RunningHub's own nodes call it. */
const isPrompt = ({ kind, name, rules, file }: Field): boolean =>
  kind === 'text' && file === null && (rules?.choices ?? null) === null && isPromptName(name);

export const isPromptName = (field: string): boolean =>
  /^(?:text(?:_[gl]|\d?)?|string|.*prompt.*|提示词.*)$/iu.test(field);

const isNegative = (workflow: Workflow, { id, title }: WorkflowNode): boolean =>
  /negative|反向|负/iu.test(title ?? '') ||
  [...workflow.nodes.values()].some(({ links }) => links.get('negative')?.node === id);
