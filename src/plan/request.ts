import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { jsonText } from '../values/json-text.js';
import { patchGraph } from '../workflow/patch.js';
import type { Override, Plan, PlannedRun } from './plan.js';

/** The create call of a run, as the service takes it (runninghub-api 2.2). */
export interface RunRequest {
  readonly workflowId: string;
  readonly nodeInfoList: readonly {
    readonly nodeId: string;
    readonly fieldName: string;
    readonly fieldValue: string | boolean | JsonNumber | null;
  }[];
  readonly workflow: string | null;
  readonly instanceType: string | null;
  readonly addMetadata: boolean | null;
  readonly webhookUrl: string | null;
  readonly usePersonalQueue: boolean | null;
  readonly retainSeconds: number | null;
}

/**
 * What is sent (DESIGN 6): the run's overrides, every literal seed of api.json and every field
 * in which the saved graph drifted, each once; a field left `asSaved` is not sent at all.
 */
export const requestOf = (
  plan: Plan,
  run: PlannedRun,
  drifted: readonly Override[],
  fileNames: ReadonlyMap<string, string>,
): RunRequest => {
  const { manifest, workflow, seeds } = plan;
  const { instance, ...create } = manifest.create;
  const own = new Set(run.overrides.map(keyOf));
  const pinned = unique([...seeds, ...drifted]).filter((override) => !own.has(keyOf(override)));
  const sent = [...run.overrides, ...pinned].flatMap((override) => {
    const json = jsonOf(override, fileNames);
    return json === undefined ? [] : [{ override, json }];
  });
  const whole = manifest.submit === 'workflow';
  const values = new Map<string, Map<string, Json>>();
  for (const { override, json } of sent) {
    const fields = values.get(override.node) ?? new Map<string, Json>();
    values.set(override.node, fields.set(override.field, json));
  }
  return {
    workflowId: manifest.target.workflowId,
    nodeInfoList: whole
      ? []
      : sent.map(({ override, json }) => ({
          nodeId: override.node,
          fieldName: override.field,
          fieldValue: wireValue(json),
        })),
    workflow: whole ? patchGraph(workflow, values) : null,
    instanceType: instance,
    ...create,
  };
};

const keyOf = ({ node, field }: Override): string => JSON.stringify([node, field]);

const unique = (overrides: readonly Override[]): Override[] => [
  ...new Map(overrides.map((override) => [keyOf(override), override])).values(),
];

const jsonOf = ({ value }: Override, fileNames: ReadonlyMap<string, string>): Json | undefined => {
  switch (value.is) {
    case 'json':
      return value.json;
    case 'asset':
      return fileNames.get(value.sha256) ?? value.path;
    case 'asSaved':
      return undefined;
  }
};

/** Lists and objects go out as JSON text: a nodeInfoList holds scalars. */
const wireValue = (json: Json): string | boolean | JsonNumber | null =>
  json === null ||
  typeof json === 'string' ||
  typeof json === 'boolean' ||
  json instanceof JsonNumber
    ? json
    : jsonText(json);
