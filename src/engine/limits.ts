import type { BudgetOptions, ExecutionOptions } from '../manifest/manifest.js';

/** Why an apply stopped before its end. */
export type Stop =
  /** A limit the user set: exit 3. */
  | { readonly is: 'limit'; readonly message: string }
  /** The account or the service: exit 4. */
  | { readonly is: 'service'; readonly message: string }
  /** A signal: exit 130 or 143. */
  | { readonly is: 'signal'; readonly message: string }
  /** This machine refuses what comes from the service: its disk is full, a folder is closed. Exit 6. */
  | { readonly is: 'machine'; readonly message: string }
  /** The journal cannot be written: exit 6, at once, and the tasks in flight must be told. */
  | { readonly is: 'journal'; readonly message: string }
  /** The lock was taken away, so another process may be at work: exit 5, at once. */
  | { readonly is: 'lock'; readonly message: string }
  /** A fault of rh-batch itself: exit 70, at once. */
  | { readonly is: 'defect'; readonly message: string };

/** What an apply has used up so far. */
export interface Usage {
  readonly elapsedMs: number;
  readonly accepted: number;
  /** Creates whose answer is awaited or was lost: each may be one more. */
  readonly unanswered: number;
  readonly inFlight: number;
  /** Runs that failed for good, in this apply. */
  readonly failed: number;
  /** Runs that this apply set out to do. */
  readonly selected: number;
  readonly coins: number;
  readonly money: number;
  readonly taskTimeMs: number;
  /** Means of what a task took; null before the first one ended. */
  readonly meanCoins: number | null;
  readonly meanMoney: number | null;
  readonly meanTaskTimeMs: number | null;
}

export interface LimitOptions {
  readonly budget: BudgetOptions;
  readonly execution: Pick<ExecutionOptions, 'deadlineMs' | 'failFast' | 'maxFailures'>;
}

/**
 * Whether one more submit is within what the user allowed. What is in flight counts with the
 * mean of what tasks took so far. `wait` means: not now, ask again when a task ended.
 */
export const maySubmit = (
  options: LimitOptions,
  usage: Usage,
): { readonly is: 'yes' } | { readonly is: 'wait' } | (Stop & { readonly is: 'limit' }) => {
  const stop = overTime(options, usage) ?? overFailures(options, usage);
  if (stop !== null) return { is: 'limit', message: stop };
  return overRuns(options, usage) ?? overSpent(options.budget, usage);
};

const overTime = ({ budget, execution }: LimitOptions, usage: Usage): string | null => {
  if (execution.deadlineMs !== null && usage.elapsedMs >= execution.deadlineMs)
    return 'execution.deadline has passed';
  if (budget.wallTimeMs !== null && usage.elapsedMs >= budget.wallTimeMs)
    return 'budget.wallTime is used up';
  return null;
};

const overFailures = ({ execution }: LimitOptions, usage: Usage): string | null => {
  if (execution.failFast && usage.failed > 0) return 'a run failed and execution.failFast is set';
  const max = execution.maxFailures;
  if (max === null) return null;
  const allowed = max.is === 'count' ? max.value : Math.floor((max.value / 100) * usage.selected);
  return usage.failed > allowed
    ? `${usage.failed} runs failed, more than execution.maxFailures allows (${allowed})`
    : null;
};

const overRuns = (
  { budget: { runs } }: LimitOptions,
  { accepted, unanswered }: Usage,
): { readonly is: 'wait' } | (Stop & { readonly is: 'limit' }) | null => {
  if (runs === null || accepted + unanswered < runs) return null;
  return accepted >= runs || unanswered === 0
    ? { is: 'limit', message: `budget.runs is used up (${runs})` }
    : { is: 'wait' };
};

const overSpent = (
  budget: BudgetOptions,
  usage: Usage,
): { readonly is: 'yes' } | { readonly is: 'wait' } | (Stop & { readonly is: 'limit' }) => {
  const meters = [
    {
      name: 'budget.coins',
      limit: budget.coins === null ? null : Number(budget.coins),
      spent: usage.coins,
      mean: usage.meanCoins,
    },
    {
      name: 'budget.money',
      limit: budget.money === null ? null : Number(budget.money),
      spent: usage.money,
      mean: usage.meanMoney,
    },
    {
      name: 'budget.taskTime',
      limit: budget.taskTimeMs,
      spent: usage.taskTimeMs,
      mean: usage.meanTaskTimeMs,
    },
  ];
  for (const { name, limit, spent, mean } of meters) {
    if (limit === null) continue;
    if (spent >= limit) return { is: 'limit', message: `${name} is used up` };
    // Nothing is known of the price yet: one task alone finds it out.
    if (mean === null) {
      if (usage.inFlight > 0) return { is: 'wait' };
      continue;
    }
    const reserved = spent + mean * usage.inFlight;
    if (reserved + mean > limit)
      return usage.inFlight > 0
        ? { is: 'wait' }
        : { is: 'limit', message: `${name} does not cover one more run` };
  }
  return { is: 'yes' };
};
