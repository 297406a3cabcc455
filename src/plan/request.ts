import type { CreateOptions } from '../manifest/manifest.js';
import type { CreateRequest, SentField } from '../targets/target.js';
import type { Json } from '../values/json.js';
import type { Override, OverrideValue, Plan, PlannedRun } from './plan.js';

/**
 * The submit call of a run (DESIGN 6): the run's overrides, the base fields that go out with
 * every run and every field in which the saved target drifted, each once; a field left
 * `asSaved` is not sent at all. `create`: what goes along for this apply, in place of the manifest's.
 */
export const requestOf = (
  plan: Plan,
  run: PlannedRun,
  drifted: readonly Override[],
  fileNames: ReadonlyMap<string, string>,
  create: CreateOptions = plan.manifest.create,
): CreateRequest => {
  const { manifest, workflow, target, pinned } = plan;
  const own = new Set(run.overrides.map(keyOf));
  const base = unique([...pinned, ...drifted]).filter((override) => !own.has(keyOf(override)));
  const sent = [...run.overrides, ...base].flatMap((override): SentField[] => {
    const json = jsonOf(override.value, fileNames);
    return json === undefined ? [] : [{ node: override.node, field: override.field, json }];
  });
  return target.request({
    id: manifest.target.id,
    workflow,
    sent,
    create,
    whole: manifest.submit === 'workflow',
  });
};

const keyOf = ({ node, field }: Override): string => JSON.stringify([node, field]);

const unique = (overrides: readonly Override[]): Override[] => [
  ...new Map(overrides.map((override) => [keyOf(override), override])).values(),
];

const jsonOf = (value: OverrideValue, fileNames: ReadonlyMap<string, string>): Json | undefined => {
  switch (value.is) {
    case 'json':
      return value.json;
    case 'asset':
      return fileNames.get(value.sha256) ?? value.path;
    case 'assets':
      return value.items.map((item) => jsonOf(item, fileNames) ?? null);
    case 'asSaved':
      return undefined;
  }
};
