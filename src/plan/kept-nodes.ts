import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Manifest } from '../manifest/manifest.js';
import type { TargetModule } from '../targets/target.js';
import { resolveSelector } from '../workflow/address.js';
import type { Workflow } from '../workflow/workflow.js';

/** Ids of the nodes whose outputs are kept (`outputs.nodes`); null: all. */
export const keptNodes = (
  { outputs, target: { key } }: Manifest,
  target: TargetModule,
  workflow: Workflow,
  problems: Problems,
): ReadonlySet<string> | null => {
  if (outputs.nodes === null) return null;
  const ids = outputs.nodes.flatMap(({ value, at }) => {
    if (target.showsOutputs)
      return resolveSelector(workflow, value, at, problems).map(({ id }) => id);
    const id = value.trim().replace(/^id:/, '');
    if (/^\d+(?::\d+)*$/.test(id)) return [id];
    problems.add(
      error('E0207', at, `the nodes that save are not told of "${key}", so only ids can be named`, {
        hint: 'id:9; results.jsonl tells the node of every output',
      }),
    );
    return [];
  });
  return new Set(ids);
};
