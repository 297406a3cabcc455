import type { Asset } from '../assets/asset.js';
import type { BaseKnown } from '../journal/event.js';
import type { Manifest } from '../manifest/manifest.js';
import type { RowOrigin } from '../matrix/combination.js';
import type { TargetModule } from '../targets/target.js';
import type { RunId } from '../values/ids.js';
import type { Json } from '../values/json.js';
import type { Workflow } from '../workflow/workflow.js';
import type { Mix } from '../forecast/mix.js';
import type { FileMoves } from './names/moves.js';

/**
 * What an apply would do. The first walk over the matrix made the summary and checked every
 * cell; `runs()` walks it again and yields the same decisions, so a million runs need no list.
 */
export interface Plan {
  readonly manifest: Manifest;
  readonly workflow: Workflow;
  /** The base graph's content as fingerprints see it. */
  readonly base: BaseKnown;
  readonly target: TargetModule;
  /** Base values that are sent with every run that does not set them, such as seeds (DESIGN 6). */
  readonly pinned: readonly Override[];
  /** Ids of the nodes whose outputs are kept; null: all. */
  readonly keptNodes: ReadonlySet<string> | null;
  readonly summary: PlanSummary;
  /** Distinct contents among the runs that are to be submitted. */
  readonly uploads: readonly PlannedUpload[];
  /** Files of finished runs that are to have another name or place. */
  readonly moves: readonly FileMoves[];
  /** Every distinct asset that any run refers to, by sha256. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly estimate: Estimate;
  /** What will be submitted, by the values of the matrix. */
  readonly pending: Mix;
  /** All of the batch, in matrix order. */
  runs(): AsyncIterable<PlannedRun>;
  /** Whether a run that history knows is in the batch (or its shard), selected or not. */
  includes(id: RunId): boolean;
  /** Path of an output, relative to the outputs' folder, sanitised. Pure. */
  outputPath(run: PlannedRun, output: OutputFacts): string;
}

export interface PlanSummary {
  /** Runs of the batch, or of the shard, selected or not. */
  readonly planned: number;
  /** Those that are selected: all numbers below are of them. */
  readonly total: number;
  readonly new: number;
  readonly changed: number;
  readonly retry: number;
  readonly unknown: number;
  /** By somebody else: not bought again unasked. */
  readonly cancelled: number;
  readonly upToDate: number;
  readonly download: number;
  /** Cells that were empty, so that the base value stays. */
  readonly notGiven: number;
  /** Runs left out by `--only`, `--where`, `--failed`, `--first`, `--shard` or `_skip`. */
  readonly notSelected: number;
}

/** Runs that an apply has something to do with, if only to follow or to hold them. */
export const toDoOf = ({ total, upToDate, cancelled }: PlanSummary): number =>
  total - upToDate - cancelled;

export interface PlannedUpload {
  /** As the user wrote it. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** How many runs use it. */
  readonly usedBy: number;
}

/** From this workflow's own past on this kind of machine; null where nothing is known. */
export interface Estimate {
  readonly observations: number;
  readonly wallTimeMs: number | null;
  readonly taskTimeMs: number | null;
  readonly coins: string | null;
}

export type Action =
  'new' | 'changed' | 'retry' | 'unknown' | 'cancelled' | 'upToDate' | 'download';

export interface PlannedRun {
  /** Place in the full expansion. */
  readonly index: number;
  readonly id: RunId;
  readonly name: string;
  /** By `--only`, `--where`, `--failed`, `--first`. The others stand in reports alone. */
  readonly selected: boolean;
  /** This apply works on it: of the selected runs with its fingerprint it is the first. */
  readonly acts: boolean;
  /** What an apply does with it if it acts. */
  readonly action: Action;
  /** For people, in the order of importance; empty for `upToDate`. */
  readonly reasons: readonly string[];
  readonly row: RowOrigin | null;
  readonly tags: readonly string[];
  /** The matrix' variables as text. */
  readonly values: ReadonlyMap<string, string>;
  /** What the manifest and the matrix set, in order of binding. */
  readonly overrides: readonly Override[];
  readonly repeat: number;
  /** Index of the earlier run, selected or not, with the same fingerprint: both have one result. */
  readonly twinOf: number | null;
}

export interface Override {
  readonly node: string;
  readonly title: string | null;
  readonly class: string;
  readonly field: string;
  readonly value: OverrideValue;
}

export interface JsonValue {
  readonly is: 'json';
  readonly json: Json;
}

export interface AssetValue {
  readonly is: 'asset';
  readonly sha256: string;
  /** As the user wrote it. */
  readonly path: string;
}

export type OverrideValue =
  | JsonValue
  | AssetValue
  /** Of a field that takes several files: local ones, and links as they are. */
  | { readonly is: 'assets'; readonly items: readonly (AssetValue | JsonValue)[] }
  /** Not sent: the service chooses. */
  | { readonly is: 'asSaved' };

/** The sha256 of each local file in a value. */
export const assetsOf = (value: OverrideValue): readonly string[] => {
  switch (value.is) {
    case 'asset':
      return [value.sha256];
    case 'assets':
      return value.items.flatMap(assetsOf);
    case 'json':
    case 'asSaved':
      return [];
  }
};

export interface OutputFacts {
  /** 0-based among the run's outputs. */
  readonly index: number;
  /** Without the dot. */
  readonly ext: string;
  readonly node: string | null;
  /** Base name in the link, without its ending. */
  readonly name: string;
}
