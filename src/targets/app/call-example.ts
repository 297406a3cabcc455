import { error, warning } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import type { JsonPath } from '../../values/json-text.js';
import { isList, isObject } from '../../values/json-text.js';
import { pullCommand } from '../../workflow/pull-command.js';
import { readSource } from '../../workflow/source.js';
import type { Field, Workflow, WorkflowNode } from '../../workflow/workflow.js';
import type { ReadInput } from '../target.js';
import { fieldTypeOf } from './field-type.js';

/** Only a manifest's file may be written over, and there its app is known. */
const pullHint = ({ id, file }: ReadInput): string =>
  id === null || !/^\d+$/.test(id)
    ? 'rh-batch pull --app WEBAPPID saves what RunningHub tells of an app'
    : `${pullCommand('app', id, file)} saves what RunningHub tells of the app`;

/** Where the list stands: in what pull saves, in the service's whole answer, in a request, alone. */
const places: readonly JsonPath[] = [['nodeInfoList'], ['data', 'nodeInfoList'], []];

interface Entry {
  readonly node: string;
  readonly name: string;
  readonly description: string | null;
  readonly field: Field;
  readonly path: JsonPath;
}

/** The list of an app's fields in a parsed file, and where it stands; null: it has none. */
export const nodeInfoListOf = (
  value: Json,
): { readonly list: readonly Json[]; readonly path: JsonPath } | null => {
  for (const path of places) {
    const found = path.reduce<Json | undefined>(
      (at, key) => (isObject(at) ? at.get(String(key)) : undefined),
      value,
    );
    if (found !== undefined && isList(found) && found.some(isEntry)) return { list: found, path };
  }
  return null;
};

const isEntry = (entry: Json): boolean =>
  isObject(entry) && entry.has('nodeId') && entry.has('fieldName');

/** An app's call example (runninghub-api 2.4) → the fields that can be set. */
export const readCallExample = (input: ReadInput, problems: Problems): Workflow | null => {
  const { file, content } = input;
  const hint = pullHint(input);
  const read = readSource(file, content, hint, problems);
  if (read === null) return null;
  const { value, source } = read;
  const found = nodeInfoListOf(value);
  if (found === null) {
    problems.add(
      error('E0215', wholeFile(file), 'this holds no nodeInfoList of an AI app', {
        hint,
      }),
    );
    return null;
  }
  warnOfKey(value, (path) => source.place(path, 'key'), problems);
  const before = problems.errors;
  const entries = found.list.flatMap((item, index) => {
    const path = [...found.path, index];
    const entry = entryOf(item, path);
    if (typeof entry !== 'string') return [entry];
    problems.add(error('E0215', source.place(path, 'value'), entry, { hint }));
    return [];
  });
  if (problems.errors > before) return null;
  const paths = new Map(entries.map(({ field, path }) => [keyOf(field.node, field.name), path]));
  return {
    file,
    nodes: nodesOf(entries),
    at: (id, name) => {
      const path =
        paths.get(keyOf(id, name ?? '')) ?? entries.find(({ node }) => node === id)?.path;
      return path === undefined ? wholeFile(file) : source.place(path, 'value');
    },
  };
};

const keyOf = (node: string, field: string): string => JSON.stringify([node, field]);

/** What the service gives as an example to copy holds the caller's key (runninghub-api 2.4). */
const warnOfKey = (
  value: Json,
  at: (path: JsonPath) => ReturnType<typeof wholeFile>,
  problems: Problems,
): void => {
  const holders: readonly JsonPath[] = [[], ['data']];
  for (const path of holders) {
    const holder = path.length === 0 ? value : isObject(value) ? value.get('data') : undefined;
    if (!isObject(holder)) continue;
    for (const name of ['curl', 'url'])
      if (/api_?key/i.test(textOf(holder.get(name)) ?? ''))
        problems.add(
          warning('E0115', at([...path, name]), `"${name}" holds an API key`, {
            hint: `remove "${name}" from the file: nothing needs it`,
          }),
        );
  }
};

/** Or what is wrong with it. */
const entryOf = (item: Json, path: JsonPath): Entry | string => {
  if (!isObject(item)) return 'an entry of nodeInfoList is { nodeId, fieldName, fieldValue, … }';
  const node = idOf(item.get('nodeId'));
  const name = textOf(item.get('fieldName'));
  if (node === null) return 'an entry of nodeInfoList has no nodeId';
  if (name === null) return `the entry of node ${node} has no fieldName`;
  const { kind, file, rules, value } = fieldTypeOf(item);
  return {
    node,
    name: textOf(item.get('nodeName')) ?? 'Unknown',
    description: textOf(item.get('description')) ?? textOf(item.get('descriptionEn')),
    field: { node, name, value, kind, file, rules },
    path,
  };
};

/** An app shows fields, each with a description; a node's title is what all of its fields share. */
const nodesOf = (entries: readonly Entry[]): ReadonlyMap<string, WorkflowNode> => {
  const nodes = new Map<string, WorkflowNode>();
  for (const { node: id, name, description, field } of entries) {
    const known = nodes.get(id);
    nodes.set(id, {
      id,
      classType: known?.classType ?? name,
      title: known === undefined || known.title === description ? description : null,
      fields: new Map([...(known?.fields ?? []), [field.name, field]]),
      links: new Map(),
    });
  }
  return nodes;
};

const idOf = (value: Json | undefined): string | null =>
  value instanceof JsonNumber ? value.source : textOf(value);

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

/** What is worth keeping of an app's call example: everything but the command with the key. */
export const withoutKey = (data: JsonObject): JsonObject =>
  new Map([...data].filter(([name]) => name !== 'curl' && name !== 'url'));
