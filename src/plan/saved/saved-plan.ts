import { createHash } from 'node:crypto';
import { clipped } from '../../values/printable.js';
import type { Plan } from '../plan.js';
import type { PlannedJson } from './plan-json.js';
import { plannedJson } from './plan-json.js';

/** What stands in a saved plan beside its runs: where it came from, and the flags that shaped it. */
export interface PlanOrigin {
  /** When it was made: templates' dates and the age of results are seen from then. */
  readonly madeAt: string;
  readonly program: string;
  readonly manifest: {
    /** Relative to the folder that the command was typed in, `/` between parts. */
    readonly path: string;
    /** Over its text with LF as line ends. */
    readonly sha256: string;
  };
  /** As typed, by long names; paths relative to the manifest's folder. */
  readonly flags: Readonly<Record<string, PlanFlag>>;
  /** Digest of site and key; null: no key was given. */
  readonly account: string | null;
  /** The last record of the journal; 0: there was none. */
  readonly history: number;
}

export type PlanFlag = true | readonly string[];

/** `plan --out`: everything that `apply FILE` compares, so that exactly it is carried out. */
export interface SavedPlan extends PlanOrigin {
  readonly rhBatchPlan: 1;
  readonly target: string;
  /** Of the base graph's content. */
  readonly base: string;
  /** All runs of the batch, selected or not. */
  readonly batch: { readonly runs: number; readonly sha256: string };
  readonly assets: readonly { readonly path: string; readonly sha256: string }[];
  readonly runs: readonly PlannedJson[];
}

/** The plan as the file has it, in pieces. The marker comes first: by it `apply` knows the file. */
export async function* savedPlanJson(plan: Plan, origin: PlanOrigin): AsyncGenerator<string> {
  const { summary, uploads, estimate } = plan;
  const digest = createHash('sha256');
  const head = {
    rhBatchPlan: 1,
    version: 1,
    ...origin,
    target: plan.manifest.target.id,
    base: plan.base.sha256,
    summary,
    estimate,
    uploads,
    assets: [...plan.assets.values()].map(({ shown, sha256, bytes }) => ({
      path: shown,
      sha256,
      bytes,
    })),
  };
  yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n "runs": [`;
  let between = '\n';
  let runs = 0;
  for await (const run of plan.runs()) {
    const json = plannedJson(run);
    runs += 1;
    digest.update(`${contentOf(json)}\n`);
    if (!run.selected) continue;
    yield `${between}  ${JSON.stringify(json)}`;
    between = ',\n';
  }
  yield `\n ],\n "batch": ${JSON.stringify({ runs, sha256: digest.digest('hex') })}\n}\n`;
}

/** What of a run is compared: not the line it stands in, nor the words about it. */
const contentOf = ({ index, id, name, action, tags, values, overrides }: PlannedJson): string =>
  JSON.stringify([index, id, name, action, tags, values, overrides]);

const maxShown = 20;

/** What is no longer as it was when the plan was saved, for people; empty: it is what would run now. */
export const changesSince = (saved: SavedPlan, now: SavedPlan): readonly string[] => {
  const changes: string[] = [];
  if (saved.manifest.sha256 !== now.manifest.sha256) changes.push(`${now.manifest.path} changed`);
  if (saved.target !== now.target) changes.push(`it runs ${now.target}, then ${saved.target}`);
  if (saved.base !== now.base) changes.push('the base file (api.json) or the machine type changed');
  // Without a key nothing was known of the account.
  if (saved.account !== null && saved.account !== now.account)
    changes.push(
      now.account === null
        ? 'no key is given'
        : 'the key is of another account, or of another site',
    );
  if (saved.history !== now.history)
    changes.push(`the history went on: record ${now.history}, then ${saved.history}`);
  const runs = runChanges(saved, now);
  changes.push(...runs.slice(0, maxShown));
  if (runs.length > maxShown) changes.push(`… and ${runs.length - maxShown} more runs`);
  if (changes.length === 0 && saved.batch.sha256 !== now.batch.sha256)
    changes.push('runs of the batch that the plan does not select changed');
  return changes;
};

const runChanges = (saved: SavedPlan, now: SavedPlan): readonly string[] => {
  const before = new Map(saved.runs.map((run) => [run.index, run]));
  const changes: string[] = [];
  for (const run of now.runs) {
    const then = before.get(run.index);
    before.delete(run.index);
    if (then === undefined) changes.push(`run ${run.index} (${run.name}) was not planned`);
    else if (contentOf(then) !== contentOf(run))
      changes.push(`run ${run.index} (${then.name}): ${difference(then, run)}`);
  }
  for (const gone of before.values()) changes.push(`run ${gone.index} (${gone.name}) is gone`);
  return changes;
};

const difference = (then: PlannedJson, now: PlannedJson): string => {
  for (const override of now.overrides) {
    const old = then.overrides.find(
      ({ node, field }) => node === override.node && field === override.field,
    );
    const place = `${override.title ?? override.class}.${override.field}`;
    if (old === undefined) return `${place} is set, it was not`;
    if (JSON.stringify(old.value) !== JSON.stringify(override.value))
      return `${place} is ${short(override.value)}, it was ${short(old.value)}`;
    if (old.asset !== override.asset) return `${short(override.value)} has another content`;
  }
  if (then.overrides.length !== now.overrides.length) return 'less is set than then';
  if (then.name !== now.name) return `it is called ${now.name}`;
  if (then.action !== now.action) return `it is ${now.action}, it was ${then.action}`;
  if (then.id !== now.id) return 'what it runs changed';
  return 'its row changed';
};

const short = (value: unknown): string =>
  clipped(typeof value === 'string' ? value : JSON.stringify(value), 60);
