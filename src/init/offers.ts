import type { Json } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import { isCalledSeed } from '../workflow/fields.js';
import type { Role } from '../workflow/roles.js';
import { isDisplay, isPromptField, roleByName, wiredPrompts } from '../workflow/roles.js';
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
  /** Of a prompt; null: it is none, or nothing tells. */
  readonly role: Role | null;
  /** Written by its own node, which shows what it is sent: not for people to choose. */
  readonly shown: boolean;
}

/** Of each kind: who has a hundred prompts means none of them in particular. */
const maxSuggested = 6;

/**
 * Every literal field: seeds first, since nobody finds them among the numbers of a sampler, then
 * what batches mostly vary, then what draws away, then the rest.
 */
export const offersOf = (workflow: Workflow): Offer[] => {
  const wired = wiredPrompts(workflow);
  // Where wires tell which text is the prompt, another text is something else.
  const known = [...wired.values()].includes('positive');
  const counts = new Map<Kind, number>();
  const offers = [...workflow.nodes.values()].flatMap((node) =>
    [...node.fields.values()].map((field) => {
      const kind = kindOf(node, field, wired, known);
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      const suggested =
        kind === 'needed' || ((kind === 'file' || kind === 'prompt') && count <= maxSuggested);
      const place = suggested ? 1 : kind === 'seed' ? 0 : kind === 'negative' ? 2 : 3;
      const role = roleOf(node, field, wired);
      return {
        place,
        offer: { ...offerOf(workflow, node, field, suggested), role, shown: kind === 'shown' },
      };
    }),
  );
  return offers.sort((a, b) => a.place - b.place).map(({ offer }) => offer);
};

const roleOf = (node: WorkflowNode, field: Field, wired: ReadonlyMap<Field, Role>): Role | null =>
  wired.get(field) ?? (isPromptField(field) ? roleByName(field, node) : null);

type Kind = 'seed' | 'needed' | 'file' | 'prompt' | 'negative' | 'shown' | 'other';

const kindOf = (
  node: WorkflowNode,
  field: Field,
  wired: ReadonlyMap<Field, Role>,
  known: boolean,
): Kind => {
  if (needsValue(field)) return 'needed';
  if (field.file !== null) return 'file';
  if (isDisplay(node) && field.kind !== 'number' && field.kind !== 'boolean') return 'shown';
  if (field.kind === 'number' && isCalledSeed(field.name)) return 'seed';
  if (roleOf(node, field, wired) === 'negative') return 'negative';
  if (known ? wired.has(field) : isPromptField(field)) return 'prompt';
  return 'other';
};

const offerOf = (
  workflow: Workflow,
  node: WorkflowNode,
  field: Field,
  suggested: boolean,
): Omit<Offer, 'role' | 'shown'> => ({
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
