import type { Problems } from '../diagnostics/problems.js';
import type { CreateOptions } from '../manifest/manifest.js';
import type { TargetSyntax } from '../manifest/target.js';
import type { Catalogue, CreateRequest, Family, Fault } from '../runninghub/service.js';
import type { Json, JsonObject } from '../values/json.js';
import type { Place } from '../values/place.js';
import type { GraphIdentity } from '../workflow/identity.js';
import type { Field, Workflow } from '../workflow/workflow.js';

export type { CreateRequest } from '../runninghub/service.js';

/**
 * A kind of thing that RunningHub runs: how to read its fields, how to build its request, how
 * to read its result. One folder each; nothing outside src/targets knows one by name.
 */
export interface TargetModule {
  readonly syntax: TargetSyntax;
  /** How its endpoints speak: uploads, submits and results go that way. */
  readonly family: Family;
  /** Whether its file shows every node, so that `outputs.nodes` can be held against it. */
  readonly showsOutputs: boolean;
  /** Whether a parsed file looks like one of its own; for `rh-batch fields`. */
  readonly isFile: (json: Json) => boolean;
  /** Text of its file → its fields; null when there are errors, all of which are in `problems`. */
  readonly read: (input: ReadInput, problems: Problems) => Workflow | null;
  /** What it computes, for fingerprints and reasons. */
  readonly identity: (workflow: Workflow) => GraphIdentity;
  /** Fields whose base values go out with every run that does not set them. */
  readonly pinned: (workflow: Workflow) => readonly Field[];
  /** Its submit call; pure. */
  readonly request: (input: RequestInput) => CreateRequest;
  /** The call that tells the price of its submit call; null: the service has none. */
  readonly price: ((request: CreateRequest) => CreateRequest) | null;
  /** What the service is asked before the first submit; null: nothing. */
  readonly check: TargetCheck | null;
  /** For people: how they come by its file, which is to stand at `file`. */
  readonly fileHint: (id: string, file: string) => string;
  /** How `rh-batch pull` gets the file; null: it cannot. */
  readonly pull: TargetPull | null;
  /** What an emulator must have saved to run it. */
  readonly saved: (id: string, text: string) => Saved;
  /** How `rh-batch init` comes by a manifest for it. */
  readonly start: TargetStart;
}

export interface ReadInput {
  /** As written in the manifest; null: no manifest is there. */
  readonly id: string | null;
  /** As shown to people. */
  readonly file: string;
  readonly content: string | Uint8Array;
  /** `assets.loaders` of the manifest. */
  readonly loaders: ReadonlyMap<string, readonly string[]>;
}

export interface RequestInput {
  readonly id: string;
  readonly workflow: Workflow;
  /** Each field once; uploads stand as the service calls them. */
  readonly sent: readonly SentField[];
  readonly create: CreateOptions;
  /** `submit: workflow`. */
  readonly whole: boolean;
}

export interface SentField {
  readonly node: string;
  readonly field: string;
  readonly json: Json;
}

/** Holds what the service has saved against the local file (DESIGN 6). */
export interface TargetCheck {
  /** For people: "the saved workflow". */
  readonly what: string;
  readonly ask: (
    id: string,
    service: Catalogue,
    signal: AbortSignal,
  ) => Promise<
    | { readonly is: 'known'; readonly text: string }
    | { readonly is: 'failed'; readonly fault: Fault }
  >;
  /** Local fields to send with every run, since the saved ones differ; null: nothing can be sent. */
  readonly compare: (input: CompareInput, problems: Problems) => readonly Field[] | null;
}

export interface CompareInput {
  readonly id: string;
  readonly workflow: Workflow;
  readonly text: string;
  /** Where the manifest names the local file. */
  readonly at: Place;
  readonly loaders: ReadonlyMap<string, readonly string[]>;
}

export interface TargetStart {
  /** For people: "the workflow's id (the last part of its URL)". */
  readonly asks: string;
  /** Its file unless the user says otherwise. */
  readonly file: string;
  /** What a person typed, or the URL of its page → its id; null: it is none of this target. */
  readonly idOf: (typed: string) => string | null;
  /** What its file tells of its id; null: nothing. */
  readonly idIn: (json: Json) => string | null;
  /** Keys of a manifest that name it. */
  readonly keys: (id: string) => readonly ManifestKey[];
  /** A call that starts a task of it, as RunningHub's pages show it; null: it is of another target. */
  readonly seen: (call: SeenCall) => SeenTask | null;
}

export type ManifestKey = readonly [name: string, value: Json];

/** A submit call that somebody else wrote. */
export interface SeenCall {
  /** Without host and query. */
  readonly path: string;
  readonly body: JsonObject;
}

export interface SeenTask {
  readonly id: string;
  readonly values: readonly SentField[];
  /** Keys of a manifest that say the same as the call's options. */
  readonly options: readonly ManifestKey[];
  /** The target's file, where the call holds all of it. */
  readonly file: Json | null;
  /** Members of the call that no manifest has. */
  readonly left: readonly string[];
}

export interface TargetPull {
  /** `--app`; null: the command's plain argument. */
  readonly flag: string | null;
  /** Where the file goes unless the user says otherwise. */
  readonly out: string;
  readonly from:
    | {
        readonly is: 'service';
        readonly fetch: (id: string, service: Catalogue) => Promise<Pulled>;
      }
    /** A published page or a file, which need no key. */
    | {
        readonly is: 'page';
        readonly page: string;
        readonly pick: (id: string, text: string) => Pulled;
      };
}

export type Pulled =
  | { readonly ok: true; readonly json: Json }
  | {
      readonly ok: false;
      readonly message: string;
      /** What was asked for is not there: asked again, it would not be either. */
      readonly unknown?: boolean;
      readonly hint?: string | null;
    };

export interface Saved {
  readonly workflows: ReadonlyMap<string, string>;
  readonly apps: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, string>;
}
