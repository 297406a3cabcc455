import { error, warning } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { Clock } from '../edges/clock.js';
import { overrideOf } from '../plan/base.js';
import type { Override, Plan } from '../plan/plan.js';
import type { Fault, Service } from '../runninghub/service.js';
import { compareGraphs } from '../workflow/drift.js';
import { parseWorkflow } from '../workflow/parse.js';

export type Preflight =
  /** `drifted`: fields whose saved value differs; sent with every run (DESIGN 6). */
  | { readonly is: 'go'; readonly drifted: readonly Override[]; readonly room: number | null }
  | { readonly is: 'stop'; readonly message: string }
  | { readonly is: 'mismatch' };

const maxShown = 10;

/** What is asked of the service before the first submit: the saved graph, and how much room there is. */
export const preflight = async (
  plan: Plan,
  inFlight: number,
  edges: { readonly service: Service; readonly clock: Clock; readonly patienceMs: number },
  problems: Problems,
  signal: AbortSignal,
): Promise<Preflight> => {
  const drifted = await savedDifferences(plan, edges, problems, signal);
  if (drifted.is !== 'go') return drifted;
  const queue = await edges.service.queue(signal);
  const room =
    queue.is === 'known' && queue.limit !== null && queue.limit > 0
      ? Math.max(1, queue.limit - Math.max(0, (queue.total ?? inFlight) - inFlight))
      : null;
  return { is: 'go', drifted: drifted.drifted, room };
};

const savedDifferences = async (
  plan: Plan,
  { service, clock, patienceMs }: Parameters<typeof preflight>[2],
  problems: Problems,
  signal: AbortSignal,
): Promise<Exclude<Preflight, { is: 'go' }> | { is: 'go'; drifted: readonly Override[] }> => {
  const { target, submit } = plan.manifest;
  const until = clock.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    const answer = await service.workflow(target.workflowId, signal);
    if (answer.is === 'known')
      return submit === 'workflow'
        ? { is: 'go', drifted: [] }
        : compare(plan, answer.prompt, problems);
    const { fault } = answer;
    if (fault.class === 'account') return { is: 'stop', message: fault.message };
    if (signal.aborted) return { is: 'stop', message: 'interrupted' };
    if (fault.class === 'input' || fault.code === '1') return notGiven(plan, fault, problems);
    if (clock.now() > until) return { is: 'stop', message: fault.message };
    await clock.sleep(
      Math.max(fault.retryAfterMs ?? 0, Math.min(30_000, 1_000 * 2 ** tries)),
      signal,
    );
  }
};

/** Some accounts may not read graphs: then overrides and seeds are sent, and nothing is compared. */
const notGiven = (
  plan: Plan,
  fault: Fault,
  problems: Problems,
): { is: 'go'; drifted: readonly Override[] } => {
  if (plan.manifest.submit !== 'workflow')
    problems.add(
      warning(
        'E0214',
        plan.manifest.target.api.at,
        'the service does not show the saved workflow, so it was not compared with api.json',
        {
          notes: [fault.message],
        },
      ),
    );
  return { is: 'go', drifted: [] };
};

const compare = (
  plan: Plan,
  prompt: string,
  problems: Problems,
): Preflight | { is: 'go'; drifted: readonly Override[] } => {
  const quiet = new Problems();
  const { loaders } = plan.manifest.assets;
  const saved = parseWorkflow('the saved workflow', prompt, { loaders }, quiet);
  const { at } = plan.manifest.target.api;
  if (saved === null) {
    problems.add(
      warning(
        'E0214',
        at,
        'the saved workflow cannot be read, so it was not compared with api.json',
      ),
    );
    return { is: 'go', drifted: [] };
  }
  const drift = compareGraphs(plan.workflow, saved);
  if (drift.is === 'same') return { is: 'go', drifted: [] };
  if (drift.is === 'structure') {
    const notes = drift.differences.slice(0, maxShown);
    const more = drift.differences.length - notes.length;
    problems.add(
      error('E0213', at, 'the workflow saved on RunningHub is not the graph of api.json', {
        notes: more > 0 ? [...notes, `… and ${more} more differences`] : notes,
        hint: `rh-batch pull ${plan.manifest.target.workflowId} fetches the saved one; submit: workflow sends this one whole`,
      }),
    );
    return { is: 'mismatch' };
  }
  const drifted = drift.differing.flatMap((field) => {
    const node = plan.workflow.nodes.get(field.node);
    return node === undefined ? [] : [overrideOf(node, field, { is: 'json', json: field.value })];
  });
  return { is: 'go', drifted };
};
