import { error } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Json, JsonObject } from '../../values/json.js';
import type { JsonPath } from '../../values/json-text.js';
import { isList, isObject } from '../../values/json-text.js';
import { pullCommand } from '../../workflow/pull-command.js';
import { readSource } from '../../workflow/source.js';
import type { Field, Workflow } from '../../workflow/workflow.js';
import type { ReadInput } from '../target.js';
import { parameterOf } from './parameter.js';
import { pathOf } from './path.js';

/** What a model's fields are addressed by: `model.prompt`. */
export const nodeId = 'model';

/** `file`: the manifest's, which may be written over; null: none is known. */
export const pullHint = (id: string | null, file: string | null): string => {
  const model = id === null || id === '' ? 'PATH' : id;
  const command =
    file === null ? `rh-batch pull --model ${model}` : pullCommand('model', model, file);
  return `${command} saves what RunningHub publishes of it`;
};

export interface Described {
  readonly endpoint: string | null;
  /** What pages and registries call it besides. */
  readonly names: readonly string[];
  readonly params: readonly Json[];
  readonly json: JsonObject;
  readonly path: JsonPath;
}

/** Every model that a file describes: one entry, or the list that RunningHub publishes. */
export const modelsIn = (value: Json): Described[] => {
  const one = describedAt(value, []);
  if (one !== null) return [one];
  const under = isObject(value) ? lists.find((name) => value.has(name)) : undefined;
  const path: JsonPath = under === undefined ? [] : [under];
  const list = isObject(value) ? value.get(under ?? '') : value;
  return list !== undefined && isList(list)
    ? list.flatMap((item, index) => describedAt(item, [...path, index]) ?? [])
    : [];
};

/** Under what the published registry, and lists made of the documentation, keep their models. */
const lists = ['models', 'endpoints', 'data'] as const;

const describedAt = (value: Json, path: JsonPath): Described | null => {
  if (!isObject(value)) return null;
  const name = value.has('params') ? 'params' : 'parameters';
  const params = value.get(name);
  const endpoint = value.get('endpoint');
  return params !== undefined && isList(params)
    ? {
        endpoint: typeof endpoint === 'string' ? pathOf(endpoint) : null,
        names: namesOf(value),
        params,
        json: value,
        path: [...path, name],
      }
    : null;
};

const namesOf = (value: JsonObject): readonly string[] =>
  ['name_en', 'name_cn', 'title', 'name', 'display_name', 'class_name'].flatMap((key) => {
    const name = value.get(key);
    return typeof name === 'string' ? [plainName(name)] : [];
  });

/** Case and spaces tell no two models apart, and "RH" stands before each. */
const plainName = (name: string): string =>
  name.trim().toLowerCase().replace(/^rh /, '').replace(/\s+/g, ' ');

/**
 * The one that is wanted, or why it is not there and what may have been meant: of these, or of
 * others that are known besides.
 */
export const pickModel = (
  models: readonly Described[],
  id: string | null,
  file: string | null,
  others: readonly string[] = [],
): Described | { readonly why: string; readonly hint: string | null } => {
  const [only, another] = models;
  if (only === undefined) return { why: 'this describes no model', hint: pullHint(id, file) };
  if (another === undefined && (id === null || only.endpoint === null || only.endpoint === id))
    return only;
  const found =
    models.find(({ endpoint }) => endpoint === id) ??
    (id === null ? undefined : models.find(({ names }) => names.includes(plainName(id))));
  if (found !== undefined) return found;
  if (id === null)
    return {
      why: `this describes ${models.length} models`,
      hint: 'rh-batch pull --model PATH --from this-file saves one of them',
    };
  const known = models.flatMap(({ endpoint, names }) => [endpoint ?? [], ...names].flat());
  const near = didYouMean(id, new Set([...known, ...others]));
  return {
    why:
      another === undefined
        ? `this describes "${only.endpoint ?? ''}", not "${id}"`
        : `"${id}" is none of the ${models.length} models in here`,
    hint: near ?? pullHint(another === undefined ? id : null, file),
  };
};

/** A model's description → its parameters as fields. */
export const readDescription = (
  { id, file, content }: ReadInput,
  problems: Problems,
): Workflow | null => {
  const mine = id === null ? null : file;
  const read = readSource(file, content, pullHint(id, mine), problems);
  if (read === null) return null;
  const picked = pickModel(modelsIn(read.value), id, mine);
  if ('why' in picked) {
    problems.add(error('E0215', wholeFile(file), picked.why, { hint: picked.hint }));
    return null;
  }
  const { endpoint } = picked;
  if (id !== null && endpoint !== null && endpoint !== id) {
    const why = `"${id}" is what RunningHub calls the model ${endpoint}`;
    problems.add(error('E0215', wholeFile(file), why, { hint: `write model: ${endpoint}` }));
    return null;
  }
  const before = problems.errors;
  const fields = new Map<string, Field>();
  const paths = new Map<string, JsonPath>();
  for (const [index, item] of picked.params.entries()) {
    const path = [...picked.path, index];
    const field = parameterOf(nodeId, item);
    if (typeof field === 'string')
      problems.add(error('E0215', read.source.place(path, 'value'), field));
    else {
      fields.set(field.name, field);
      paths.set(field.name, path);
    }
  }
  if (problems.errors > before) return null;
  return {
    file,
    nodes: new Map([
      [nodeId, { id: nodeId, classType: nodeId, title: null, fields, links: new Map() }],
    ]),
    at: (_node, field) => {
      const path = field === undefined ? picked.path : paths.get(field);
      return path === undefined ? wholeFile(file) : read.source.place(path, 'value');
    },
  };
};
