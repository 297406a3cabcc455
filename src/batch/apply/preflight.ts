import { warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Clock } from '../../edges/clock.js';
import { baseValues } from '../../plan/base.js';
import type { Override, Plan } from '../../plan/plan.js';
import type { Catalogue, Fault, Service } from '../../runninghub/service.js';
import type { TargetCheck } from '../../targets/target.js';

export type Preflight =
  /** `drifted`: fields whose saved value differs; sent with every run (DESIGN 6). */
  | { readonly is: 'go'; readonly drifted: readonly Override[]; readonly room: number | null }
  | { readonly is: 'stop'; readonly message: string }
  /** What is wrong was told as diagnostics; the same command finds it again. */
  | { readonly is: 'mismatch'; readonly message: string };

/** What is asked of the service before the first submit: the saved target, and how much room there is. */
export const preflight = async (
  plan: Plan,
  inFlight: number,
  edges: {
    readonly service: Service & Catalogue;
    readonly clock: Clock;
    readonly patienceMs: number;
    /** Told of every answer that gave nothing; the wait goes on. */
    readonly waiting?: (fault: Fault, tries: number) => void;
  },
  problems: Problems,
  signal: AbortSignal,
): Promise<Preflight> => {
  const drifted = await savedDifferences(plan, edges, problems, signal);
  if (drifted.is !== 'go') return drifted;
  // With a queue of one's own the number of machines is no limit: the queue shall be fed.
  if (plan.manifest.create.usePersonalQueue === true)
    return { is: 'go', drifted: drifted.drifted, room: null };
  const queue = await edges.service.queue(signal);
  const room =
    queue.is === 'known' && queue.limit !== null && queue.limit > 0
      ? Math.max(1, queue.limit - Math.max(0, (queue.total ?? inFlight) - inFlight))
      : null;
  return { is: 'go', drifted: drifted.drifted, room };
};

/** A laptop that slept has not waited: patience counts tries too. */
const triesAtLeast = 5;

const savedDifferences = async (
  plan: Plan,
  { service, clock, patienceMs, waiting }: Parameters<typeof preflight>[2],
  problems: Problems,
  signal: AbortSignal,
): Promise<Exclude<Preflight, { is: 'go' }> | { is: 'go'; drifted: readonly Override[] }> => {
  const { target, submit } = plan.manifest;
  const { check } = plan.target;
  if (check === null) return { is: 'go', drifted: [] };
  const until = clock.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    const answer = await check.ask(target.id, service, signal);
    if (answer.is === 'known')
      return submit === 'workflow'
        ? { is: 'go', drifted: [] }
        : compare(plan, check, answer.text, problems);
    const { fault } = answer;
    if (fault.class === 'account') return { is: 'stop', message: fault.message };
    if (signal.aborted) return { is: 'stop', message: 'interrupted' };
    if (fault.class === 'input' || fault.code === '1')
      return notGiven(plan, check, fault, problems);
    if (clock.now() > until && tries >= triesAtLeast) return { is: 'stop', message: fault.message };
    waiting?.(fault, tries);
    await clock.sleep(
      Math.max(fault.retryAfterMs ?? 0, Math.min(30_000, 1_000 * 2 ** tries)),
      signal,
    );
  }
};

/** Some accounts may not read what is saved: then overrides and seeds are sent, and nothing is compared. */
const notGiven = (
  plan: Plan,
  { what }: TargetCheck,
  fault: Fault,
  problems: Problems,
): { is: 'go'; drifted: readonly Override[] } => {
  const { file } = plan.manifest.target;
  const name = file.value.split(/[/\\]/).at(-1) ?? file.value;
  if (plan.manifest.submit !== 'workflow')
    problems.add(
      warning(
        'E0214',
        file.at,
        `the service does not show ${what}, so it was not compared with ${name}`,
        { notes: [fault.message] },
      ),
    );
  return { is: 'go', drifted: [] };
};

const compare = (
  plan: Plan,
  check: TargetCheck,
  text: string,
  problems: Problems,
): Preflight | { is: 'go'; drifted: readonly Override[] } => {
  const { workflow, manifest } = plan;
  const { id, file } = manifest.target;
  const { loaders } = manifest.assets;
  const fields = check.compare({ id, workflow, text, at: file.at, loaders }, problems);
  return fields === null
    ? { is: 'mismatch', message: `${check.what} differs` }
    : { is: 'go', drifted: baseValues(workflow, fields) };
};

/** Of a person's time: whatever the batch's clock says. */
const slowMs = 3_000;

/** Says so, once, where an answer is long in coming. */
export const toldWhenSlow = async <T>(work: Promise<T>, tell: () => void): Promise<T> => {
  const timer = setTimeout(tell, slowMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
};
