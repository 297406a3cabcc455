import type { Place } from '../values/place.js';
import type { Json } from '../values/json.js';

/** A ComfyUI graph in API format: node id → node, in the file's order. */
export interface Workflow {
  /** As shown to people. */
  readonly file: string;
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  /** Where a node, or one of its inputs, stands in the file. */
  readonly at: (nodeId: string, field?: string) => Place;
}

export interface WorkflowNode {
  /** Key of the graph: `6`, or `57:30` inside a sub-graph. */
  readonly id: string;
  readonly classType: string;
  /** `_meta.title`; null where the file has none. */
  readonly title: string | null;
  /** Literal inputs, in the file's order. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Inputs wired from another node. */
  readonly links: ReadonlyMap<string, Link>;
}

export type FieldKind = 'text' | 'number' | 'boolean' | 'list' | 'object' | 'null';

export interface Field {
  readonly node: string;
  readonly name: string;
  readonly value: Json;
  readonly kind: FieldKind;
  /** A loader's file field: its values are local files that get uploaded. */
  readonly file: boolean;
}

export interface Link {
  readonly node: string;
  readonly slot: number;
}
