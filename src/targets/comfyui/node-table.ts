import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';

/** What an input of a node takes (comfyui-api 8). */
export type InputType =
  /** `open`: its list is not all that it takes, such as files in folders. */
  | { readonly is: 'choice'; readonly choices: readonly Json[]; readonly open: boolean }
  | {
      readonly is: 'number';
      readonly whole: boolean;
      readonly min: string | null;
      readonly max: string | null;
    }
  /** Texts, switches and what comes by a link: nothing can be said of a value. */
  | { readonly is: 'other'; readonly type: string };

export interface NodeClass {
  readonly required: ReadonlyMap<string, InputType>;
  readonly optional: ReadonlyMap<string, InputType>;
  /** Types of what it gives, by slot; null: the server told none that can be read. */
  readonly outputs: readonly (string | null)[];
  /** A graph runs for the sake of such nodes. */
  readonly isOutput: boolean;
}

/** The nodes of a server, as `GET /object_info` tells them; each is read when it is asked for. */
export class NodeTable {
  readonly #read = new Map<string, NodeClass>();

  constructor(private readonly info: JsonObject) {}

  names(): Iterable<string> {
    return this.info.keys();
  }

  /** null: the server has none of this name. */
  of(name: string): NodeClass | null {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const json = this.info.get(name);
    if (json === undefined || !isObject(json)) return null;
    const read = classOf(json);
    this.#read.set(name, read);
    return read;
  }
}

const classOf = (json: JsonObject): NodeClass => {
  const input = json.get('input');
  const part = (name: string): ReadonlyMap<string, InputType> => {
    const found = isObject(input) ? input.get(name) : undefined;
    return new Map(isObject(found) ? [...found].map(([key, spec]) => [key, typeOf(spec)]) : []);
  };
  const outputs = json.get('output');
  return {
    required: part('required'),
    optional: part('optional'),
    outputs:
      outputs !== undefined && isList(outputs)
        ? outputs.map((type) => (typeof type === 'string' ? type : null))
        : [],
    isOutput: json.get('output_node') === true,
  };
};

/** `[type, options]`; in place of the type the old form has the list of choices. */
const typeOf = (spec: Json): InputType => {
  const [type, more] = isList(spec) ? spec : [spec];
  const options: JsonObject = isObject(more) ? more : new Map<string, Json>();
  if (type !== undefined && isList(type))
    return { is: 'choice', choices: type, open: isOpen(options) };
  if (type === 'COMBO') {
    const choices = options.get('options');
    return choices !== undefined && isList(choices)
      ? { is: 'choice', choices, open: isOpen(options) }
      : { is: 'other', type };
  }
  if (type === 'INT' || type === 'FLOAT')
    return {
      is: 'number',
      whole: type === 'INT',
      min: boundOf(options.get('min')),
      max: boundOf(options.get('max')),
    };
  return { is: 'other', type: typeof type === 'string' ? type : '*' };
};

/** Uploads in folders and outputs of other prompts are taken and not listed. */
const isOpen = (options: JsonObject): boolean =>
  [...options].some(
    ([name, value]) =>
      (/_upload$/.test(name) && value === true) ||
      (name === 'multiselect' && value === true) ||
      (name === 'remote' && value !== null),
  );

const boundOf = (json: Json | undefined): string | null =>
  json instanceof JsonNumber ? json.source : null;
