import type { Place } from '../values/place.js';
import type { Datum } from '../values/datum.js';

/** Something the user wrote, and where. */
export interface Written<T> {
  readonly value: T;
  readonly at: Place;
}

/**
 * A manifest after the schema was checked and defaults were filled in. Profiles are
 * already merged. Templates are still text: they are resolved once per run (matrix/template).
 */
export interface Manifest {
  /** As shown to people. */
  readonly file: string;
  /** Absolute folder of the manifest: its relative paths start there. */
  readonly dir: string;
  /** Names the state and output folders: `[A-Za-z0-9][A-Za-z0-9._-]*`. */
  readonly name: string;
  readonly target: Target;
  /** How the create call is made, apart from the fields. */
  readonly create: CreateOptions;
  readonly submit: 'overrides' | 'workflow';
  readonly assets: AssetOptions;
  /** `--var` values are already merged in. */
  readonly vars: ReadonlyMap<string, Written<Datum>>;
  readonly matrix: MatrixSpec;
  readonly set: readonly SetEntry[];
  readonly run: RunOptions;
  readonly outputs: OutputOptions;
  readonly execution: ExecutionOptions;
  readonly budget: BudgetOptions;
  /** `isTyped`: by --max-runs, in place of what the manifest says. */
  readonly limits: { readonly maxRuns: number; readonly isTyped: boolean };
  /** Results older than this are not reused; null: never too old. */
  readonly reuse: { readonly maxAgeMs: number | null };
  readonly report: ReportOptions;
  /** null: nobody. */
  readonly notify: NotifyOptions | null;
  /** URL of the database where machines keep the journal together; null: in a folder. */
  readonly store: Written<string> | null;
}

/** What runs. Only the target's own module (src/targets) knows more of it. */
export interface Target {
  /** Names the module, and is part of every fingerprint. */
  readonly kind: string;
  /** The manifest key that chose it: `workflowId`. */
  readonly key: string;
  /** What it is called on the service, exactly as written. */
  readonly id: string;
  /** Path of the local file with its fields, as written, relative to `dir`. */
  readonly file: Written<string>;
  /** ComfyUI servers that share the batch; empty: RunningHub runs it. */
  readonly servers: readonly Written<string>[];
}

export interface CreateOptions {
  /** `default`, `plus`, `ultra` or what the service adds later; null: not sent. */
  readonly instance: string | null;
  readonly addMetadata: boolean | null;
  readonly webhookUrl: string | null;
  readonly usePersonalQueue: boolean | null;
  readonly retainSeconds: number | null;
}

export interface AssetOptions {
  /** Whether values of loaders' file fields are taken for local files. */
  readonly infer: boolean;
  /** How long an upload is believed to live on the service. */
  readonly maxAgeMs: number;
  /** Loader classes beyond the built-in table: class → its file fields. */
  readonly loaders: ReadonlyMap<string, readonly string[]>;
}

/** `selector.field: value`, with the places of both. */
export interface SetEntry {
  readonly address: Written<string>;
  readonly value: Written<Datum>;
}

export interface MatrixSpec {
  /** In manifest order: the first is the slowest. */
  readonly axes: readonly AxisSpec[];
  readonly exclude: readonly Written<ReadonlyMap<string, Written<Datum>>>[];
  readonly include: readonly Written<ReadonlyMap<string, Written<Datum>>>[];
  readonly sample: Written<{ readonly count: number; readonly seed: string }> | null;
  /** How often each combination runs, on purpose; 1 unless written. */
  readonly repeat: number;
}

export type AxisSpec =
  | { readonly is: 'rows'; readonly sources: readonly RowsSpec[]; readonly at: Place }
  | { readonly is: 'zip'; readonly groups: readonly ZipGroup[]; readonly at: Place }
  | { readonly is: 'axis'; readonly name: Written<string>; readonly values: AxisValues };

/** Axes that advance together. Groups multiply with each other. */
export interface ZipGroup {
  readonly at: Place;
  readonly axes: readonly { readonly name: Written<string>; readonly values: AxisValues }[];
}

export type AxisValues =
  | { readonly is: 'list'; readonly items: readonly Written<Datum>[]; readonly at: Place }
  | {
      /** Inclusive; decimals are kept as their source text. Exactly one of `to` and `count` is set. */
      readonly is: 'range';
      readonly from: string;
      readonly to: string | null;
      readonly count: number | null;
      readonly step: string | null;
      readonly at: Place;
    }
  | {
      readonly is: 'random';
      readonly count: number;
      readonly min: string;
      readonly max: string;
      readonly seed: string;
      readonly at: Place;
    }
  | {
      readonly is: 'glob';
      readonly patterns: readonly string[];
      readonly exclude: readonly string[];
      readonly allowEmpty: boolean;
      readonly at: Place;
    }
  | {
      readonly is: 'lines';
      readonly path: string;
      readonly encoding: string | null;
      readonly at: Place;
    }
  | { readonly is: 'file'; readonly source: FileRows; readonly at: Place };

export type RowsSpec =
  | FileRows
  | {
      readonly is: 'inline';
      readonly rows: readonly Written<ReadonlyMap<string, Written<Datum>>>[];
      readonly at: Place;
    };

export interface FileRows {
  readonly is: 'table';
  /** As written, relative to the manifest. */
  readonly path: string;
  /** null: by the file's ending. */
  readonly format: 'csv' | 'tsv' | 'json' | 'jsonl' | 'yaml' | 'xlsx' | null;
  /** null: UTF-8. */
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly sheet: string | null;
  readonly at: Place;
}

export interface RunOptions {
  /** Template; null: index and key. */
  readonly name: Written<string> | null;
  readonly tags: readonly Written<string>[];
  readonly expect: {
    /** How many outputs a run must have. Default: at least one. */
    readonly outputs: { readonly min: number; readonly max: number | null };
    /** Allowed file types; null: any. */
    readonly types: readonly string[] | null;
    readonly minBytes: number | null;
  };
}

export interface OutputOptions {
  /** As written, relative to the manifest; null: `out/<name>`. */
  readonly dir: Written<string> | null;
  /** Template; null: `${{ run.name }}_${{ output.index | pad(2) }}.${{ output.ext }}`. */
  readonly name: Written<string> | null;
  /** Addresses' selectors of the nodes whose outputs are kept; null: all. */
  readonly nodes: readonly Written<string>[] | null;
  readonly onExist: 'rename' | 'error' | 'overwrite';
}

export interface ExecutionOptions {
  readonly concurrency: number | 'auto';
  /** How often a failed task is tried again. */
  readonly retries: number;
  readonly timeout: { readonly queueMs: number; readonly runMs: number };
  /** Wall time after which nothing new is submitted; null: none. */
  readonly deadlineMs: number | null;
  readonly failFast: boolean;
  readonly maxFailures: { readonly is: 'count' | 'percent'; readonly value: number } | null;
  readonly onUnknown: 'auto' | 'hold' | 'resubmit';
  readonly onInterrupt: 'keep' | 'cancel';
  readonly order: 'auto' | 'manifest' | 'spread';
  /** Whole-batch budget of read requests; null: the engine's conservative default. */
  readonly requestsPerSecond: number | null;
}

export interface BudgetOptions {
  /** Decimal text. */
  readonly coins: string | null;
  /** Decimal text. */
  readonly money: string | null;
  readonly taskTimeMs: number | null;
  readonly wallTimeMs: number | null;
  readonly runs: number | null;
}

interface ReportOptions {
  /** Heading of report.html; null: the manifest's name. */
  readonly title: string | null;
}

/** Who is told of the end of an apply. */
export type NotifyOptions = (
  | {
      readonly is: 'url';
      /** May hold `${{ env.NAME }}`, since such a URL is a secret. */
      readonly url: Written<string>;
    }
  | { readonly is: 'command'; readonly command: string }
) & { readonly on: 'always' | 'failure' | 'success' };
