import { warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { ComfyServer } from '../../comfyui/server.js';
import type { Plan } from '../../plan/plan.js';
import { NodeTable } from '../../targets/comfyui/node-table.js';
import { RunChecker } from '../../targets/comfyui/check-run.js';

/** Holds the graph, with the values of every run that will be submitted, against a server's nodes. */
export const checkGraph = async (
  plan: Plan,
  server: ComfyServer,
  problems: Problems,
  signal: AbortSignal,
): Promise<void> => {
  const info = await server.objectInfo(signal);
  if (!info.ok) {
    problems.add(
      warning(
        'E0278',
        plan.manifest.target.file.at,
        `${server.address} did not tell its nodes, so the graph was not checked before its first prompt`,
        {
          notes: [info.fault.message],
        },
      ),
    );
    return;
  }
  const checker = new RunChecker(
    plan.workflow,
    new NodeTable(info.value),
    server.address,
    problems,
  );
  checker.graph();
  for await (const run of plan.runs()) {
    if (!run.acts || run.action === 'upToDate' || run.action === 'download') continue;
    checker.run(
      run.name,
      run.row,
      run.overrides.map(({ node, field, value }) => ({
        node,
        field,
        json: value.is === 'json' ? value.json : undefined,
      })),
    );
  }
  checker.base();
};
