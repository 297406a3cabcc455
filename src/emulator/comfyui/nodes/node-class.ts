import type { Py, PyDict } from '../python/value.js';
import type { Work } from '../run/work.js';
import type { Value } from '../run/values.js';

/** What the choices of inputs are made of: lists that live (ComfyUI notes, section 8). */
export interface Lists {
  /** Names below a folder of models: `checkpoints`, `loras` … */
  models(folder: string): readonly string[];
  /** Names of input files that may be pictures, films or sounds. */
  inputs(kind: 'image' | 'video' | 'audio' | 'latent'): readonly string[];
  /** Names of pictures in the output folder. */
  outputs(): readonly string[];
}

/** One input: `[type, options]` or `[type]`, the type a name or a list of choices. */
export type InputSpec = readonly [type: Py, options?: PyDict];
export type Inputs = Readonly<Record<string, InputSpec>>;

export interface InputTypes {
  readonly required?: Inputs;
  readonly optional?: Inputs;
  /** Name → `PROMPT`, `EXTRA_PNGINFO`, `UNIQUE_ID` … */
  readonly hidden?: Readonly<Record<string, string>>;
}

export interface Result {
  readonly outputs: readonly Value[];
  /** What /history and `executed` show. */
  readonly ui?: PyDict;
}

export interface NodeClass {
  readonly input: (lists: Lists) => InputTypes;
  readonly output: readonly string[];
  readonly outputName?: readonly string[];
  readonly displayName?: string;
  readonly category: string;
  /** Saves or shows something: a prompt needs one. */
  readonly isOutput?: boolean;
  /** `nodes`, or the module of the extras. */
  readonly module?: string;
  /** Not there in mid-2024. */
  readonly isNew?: boolean;
  /** Checks this input itself, in place of the list: the text of the mistake, or null. */
  readonly checks?: {
    readonly input: string;
    readonly mistake: (value: string, work: Pick<Work, 'files'>) => string | null;
  };
  /** Changes with the content of a file. */
  readonly fingerprint?: (inputs: PyDict, work: Pick<Work, 'files'>) => string;
  /** How it runs; of those without, the result follows from the inputs alone. */
  readonly run: (work: Work) => Result | Promise<Result>;
}
