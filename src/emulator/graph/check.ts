import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject, jsonText } from '../../values/json-text.js';
import type { Graph, Override } from './graph.js';
import { linkedFrom } from './graph.js';
import type { GraphFacts } from './nodes.js';
import type { Refusal } from '../http/refusal.js';
import { refuse } from '../http/refusal.js';

/** An id as text, whether it came as text or as a number. */
export const idOf = (value: Json | undefined): string =>
  value instanceof JsonNumber ? value.source : typeof value === 'string' ? value.trim() : '';

/** Entries as the service reads them; 803 when one is no `{ nodeId, fieldName, fieldValue }`. */
export const readOverrides = (list: Json | undefined): Override[] | Refusal => {
  if (list === undefined || list === null) return [];
  if (!isList(list)) return refuse(803, 'APIKEY_INVALID_NODE_INFO');
  const overrides: Override[] = [];
  for (const entry of list) {
    const nodeId = isObject(entry) ? idOf(entry.get('nodeId')) : '';
    const fieldName = isObject(entry) ? entry.get('fieldName') : null;
    // A missing value, or one named `value`, is refused (API notes, section 9).
    const value = isObject(entry) ? entry.get('fieldValue') : undefined;
    if (nodeId === '' || typeof fieldName !== 'string' || value === undefined || value === null)
      return refuse(803, 'APIKEY_INVALID_NODE_INFO');
    overrides.push({ nodeId, fieldName, value });
  }
  return overrides;
};

/** 803 where an override names no literal field of the saved graph. */
export const mismatch = (graph: Graph, overrides: readonly Override[]): Refusal | null => {
  for (const { nodeId, fieldName } of overrides) {
    const node = graph.get(nodeId);
    const reason =
      node === undefined
        ? 'node_not_found_in_workflow'
        : !node.inputs.has(fieldName)
          ? 'field_not_found_in_node_inputs'
          : linkedFrom(node.inputs.get(fieldName)) !== null
            ? 'field_is_linked'
            : null;
    if (reason !== null)
      return refuse(
        803,
        `NODE_INFO_MISMATCH(nodeId=${nodeId}, fieldName=${fieldName}, reason=${reason})`,
      );
  }
  return null;
};

interface NodeError {
  readonly node: string;
  readonly classType: string;
  readonly field: string;
  readonly type: string;
  readonly message: string;
  readonly received: Json;
}

/** ComfyUI's refusal of one value (API notes, section 8). */
export const notInList = (override: Override, classType: string): Refusal =>
  refusedValues(
    [
      {
        node: override.nodeId,
        classType,
        field: override.fieldName,
        type: 'value_not_in_list',
        message: 'Value not in list',
        received: override.value,
      },
    ],
    [],
  );

const refusedValues = (errors: readonly NodeError[], outputs: readonly string[]): Refusal =>
  refuse(433, 'VALIDATE_PROMPT_FAILED', new Map([['promptTips', jsonText(tips(errors, outputs))]]));

/** 433 with `node_errors` where ComfyUI would not take a value; null when all are fine. */
export const invalidValues = (
  { graph, outputs }: GraphFacts,
  overrides: readonly Override[],
): Refusal | null => {
  const errors = overrides.flatMap((override) => errorOf(graph, override));
  return errors.length === 0
    ? null
    : refusedValues(
        errors,
        outputs.map(({ node }) => node),
      );
};

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const whole = /^\s*[+-]?\d+\s*$/;
const wholeFields = /^(?:seed|noise_seed|steps|width|height|batch_size|length|frames)$/;

/** Least and greatest values of ComfyUI's own nodes. */
const ranges: readonly (readonly [RegExp, string, number, number])[] = [
  [/^KSampler/, 'steps', 1, 10_000],
  [/^KSampler/, 'cfg', 0, 100],
  [/^KSampler/, 'denoise', 0, 1],
  [/^KSampler/, 'seed', 0, 18_446_744_073_709_551_615],
  [/^KSampler/, 'noise_seed', 0, 18_446_744_073_709_551_615],
  [/^Empty.*Latent/, 'width', 16, 16_384],
  [/^Empty.*Latent/, 'height', 16, 16_384],
  [/^Empty.*Latent/, 'batch_size', 1, 4096],
];

const errorOf = (graph: Graph, { nodeId, fieldName, value }: Override): NodeError[] => {
  const node = graph.get(nodeId);
  if (node === undefined) return [];
  const say = (type: string, message: string): NodeError[] => [
    { node: nodeId, classType: node.classType, field: fieldName, type, message, received: value },
  ];
  if (typeof value === 'string' && value.includes('[emulate:invalid]'))
    return say('value_not_in_list', 'Value not in list');
  if (!(node.inputs.get(fieldName) instanceof JsonNumber)) return [];
  const text = value instanceof JsonNumber ? value.source : value;
  const pattern = typeof value === 'string' && wholeFields.test(fieldName) ? whole : decimal;
  if (typeof text !== 'string' || !pattern.test(text))
    return say('invalid_input_type', 'Failed to convert an input value to a number');
  for (const [classes, field, least, greatest] of ranges) {
    if (field !== fieldName || !classes.test(node.classType)) continue;
    if (Number(text) < least)
      return say('value_smaller_than_min', `Value ${text} smaller than min of ${least}`);
    if (Number(text) > greatest)
      return say('value_bigger_than_max', `Value ${text} bigger than max of ${greatest}`);
  }
  return [];
};

/** ComfyUI's answer to a prompt that does not validate (API notes, section 8). */
const tips = (errors: readonly NodeError[], outputs: readonly string[]): JsonObject => {
  const nodes = new Map<string, NodeError[]>();
  for (const error of errors) nodes.set(error.node, [...(nodes.get(error.node) ?? []), error]);
  return new Map<string, Json>([
    ['result', false],
    [
      'error',
      new Map<string, Json>([
        ['type', 'prompt_outputs_failed_validation'],
        ['message', 'Prompt outputs failed validation'],
        ['details', ''],
        ['extra_info', new Map()],
      ]),
    ],
    ['outputs_to_execute', []],
    [
      'node_errors',
      new Map<string, Json>(
        [...nodes].map(([node, list]) => [
          node,
          new Map<string, Json>([
            ['errors', list.map(errorJson)],
            ['dependent_outputs', outputs],
            ['class_type', list[0]?.classType ?? ''],
          ]),
        ]),
      ),
    ],
  ]);
};

const errorJson = ({ type, message, field, received }: NodeError): Json =>
  new Map<string, Json>([
    ['type', type],
    ['message', message],
    ['details', `${field}: ${jsonText(received)}`],
    [
      'extra_info',
      new Map<string, Json>([
        ['input_name', field],
        ['received_value', received],
      ]),
    ],
  ]);
