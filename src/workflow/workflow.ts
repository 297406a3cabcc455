import type { Place } from '../values/place.js';
import type { Json } from '../values/json.js';

/**
 * A ComfyUI graph in API format: node id → node, in the file's order. Of targets that show less
 * than their graph: the nodes and fields that can be set, without links.
 */
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
  /** What its values are files of, such as a loader's: local files get uploaded. null: no files. */
  readonly file: Medium | null;
  /** What the service tells of its values; null: nothing. */
  readonly rules: FieldRules | null;
}

/** What kind of file a field takes; by content, an asset of another kind is a mistake. */
export type Medium = 'image' | 'video' | 'audio' | 'archive' | 'model' | 'any';

/** What the values of a field must be beyond its kind. */
export interface FieldRules {
  /** null: any value. */
  readonly choices: readonly Choice[] | null;
  readonly whole: boolean;
  /** Decimal texts, inclusive; null: no limit. */
  readonly min: string | null;
  readonly max: string | null;
  /** Every run must give it a value, where it has none. */
  readonly required: boolean;
  /** Characters of a text; null: no limit. */
  readonly length: Bounds | null;
  /** It goes out as a list of so many values; null: it takes one. */
  readonly items: Bounds | null;
  /** What its files may be; null: as the service takes files anywhere. */
  readonly files: FileRules | null;
  /** Texts that are not sent: a run that gives one of them gives the field no value. */
  readonly leftOut: readonly string[];
}

/** Inclusive; null: none. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

export interface FileRules {
  /** null: the limit of every upload. */
  readonly maxBytes: number | null;
  /** Endings in lower case, without the dot: `png`; null: any of its medium. */
  readonly endings: readonly string[] | null;
}

/** Nothing is told: any value will do, and none must be given. */
export const anyValue: FieldRules = {
  choices: null,
  whole: false,
  min: null,
  max: null,
  required: false,
  length: null,
  items: null,
  files: null,
  leftOut: [],
};

export interface Choice {
  /** What is sent. */
  readonly value: string;
  /** What people see on the site, where that differs. */
  readonly label: string | null;
}

export interface Link {
  readonly node: string;
  readonly slot: number;
}

/** The name of a workflow's file, as messages show it. */
export const fileNameOf = ({ file }: Workflow): string => file.split(/[/\\]/).at(-1) ?? file;
