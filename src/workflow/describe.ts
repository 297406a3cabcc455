import { jsonText } from '../values/json-text.js';
import { toPlain } from '../values/json-plain.js';
import { shortestAddress } from './shortest.js';
import type { Field, Workflow } from './workflow.js';

/** One line of `rh-batch fields`. */
export interface FieldDescription {
  readonly address: string;
  readonly node: string;
  readonly title: string | null;
  readonly class: string;
  readonly field: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'file' | 'list' | 'object' | 'null';
  /** Plain JSON; digits as text where a double would lose some. */
  readonly value: unknown;
  /** The value as one text. */
  readonly text: string;
}

/** Every literal field of the graph, in the file's order, each with its shortest unique address. */
export const describeFields = (workflow: Workflow): FieldDescription[] =>
  [...workflow.nodes.values()].flatMap((node) =>
    [...node.fields.values()].map((field) => ({
      address: shortestAddress(workflow, node, field.name),
      node: node.id,
      title: node.title,
      class: node.classType,
      field: field.name,
      kind: field.file === null ? field.kind : ('file' as const),
      value: toPlain(field.value),
      text: textOf(field),
    })),
  );

const textOf = ({ value }: Field): string => (typeof value === 'string' ? value : jsonText(value));
