import type { SavedFile } from '../journal/event.js';
import type { RunRecord, RunState } from '../journal/state.js';
import { impossible } from '../values/impossible.js';
import { isUnmet } from './expect.js';
import type { Action } from './plan.js';
import { durationText } from './words.js';
import { cancelledText, isCancelledOutside } from '../journal/cancelled.js';

/** What shall happen to a run, and why in words. */
export interface Decision {
  readonly action: Action;
  readonly reasons: readonly string[];
}

export interface DecideOptions {
  /** `--force` names this run. */
  readonly forced: boolean;
  /** `--failed` asks for what failed or was cancelled. */
  readonly again?: boolean;
  readonly now: number;
  /** Results older than this are made again; null: never. */
  readonly maxAgeMs: number | null;
  /** Whether `run.expect` takes these files as they are. */
  readonly accepts: (files: readonly SavedFile[]) => boolean;
}

/**
 * Compares a run with what the journal knows of it. `checkFiles`: up to date if its files are
 * as they were saved. Pure.
 *
 * A run whose fate is unknown, or whose task is under way, keeps its state whatever was asked
 * for: a second submit could be a second bill.
 */
export const decide = (
  record: RunRecord | undefined,
  { forced, again = false, now, maxAgeMs, accepts }: DecideOptions,
): Decision | 'checkFiles' => {
  if (record === undefined) return { action: 'new', reasons: [] };
  const { state, heldBy } = record;
  if (heldBy !== undefined) return { action: 'unknown', reasons: [heldBy] };
  switch (state.is) {
    case 'pending':
      return pending(record);
    case 'submitting':
      return unknown(record, 'a submit was under way');
    case 'unknown':
      return unknown(record, state.why);
    case 'inFlight':
      return followed(`task ${state.taskId} is under way: followed, not submitted again`);
    case 'fetching':
      // A person may give up what could not be fetched so far; nothing else buys it again.
      if (forced && state.error !== undefined)
        return {
          action: 'new',
          reasons: [`asked for with --force; the outputs of task ${state.taskId} are given up`],
        };
      return followed(`task ${state.taskId} is done: its outputs are fetched`, waitingWords(state));
    case 'failed':
      // Paid for and refused by an expectation that the manifest no longer has.
      if (!forced && state.files !== undefined && isUnmet(state.error) && accepts(state.files))
        return 'checkFiles';
      return { action: 'retry', reasons: [`failed before: ${state.error.message}`] };
    case 'cancelled':
      if (!forced && !again && isCancelledOutside(state.by))
        return {
          action: 'cancelled',
          reasons: [`${cancelledText(state.by)}: bought again only with --failed or --force`],
        };
      return { action: 'retry', reasons: [`cancelled before, by ${whoOf(state.by)}`] };
    case 'succeeded':
      if (forced) return { action: 'new', reasons: ['asked for with --force'] };
      if (maxAgeMs !== null && now - state.at > maxAgeMs)
        return { action: 'changed', reasons: [`older than ${durationText(maxAgeMs)}`] };
      return 'checkFiles';
    default:
      return impossible(state);
  }
};

const whoOf = (by: string): string => (isCancelledOutside(by) ? 'somebody else' : `the ${by}`);

/** Whether `--failed` means this run. */
export const hasFailed = (record: RunRecord | undefined): boolean =>
  record?.state.is === 'failed' ||
  record?.state.is === 'cancelled' ||
  (record?.state.is === 'pending' && record.failures > 0);

const followed = (...reasons: (string | null)[]): Decision => ({
  action: 'download',
  reasons: reasons.filter((reason) => reason !== null),
});

/** Why outputs that are paid for are not all here; null: nobody has tried yet. */
const waitingWords = ({ error }: RunState & { is: 'fetching' }): string | null =>
  error === undefined ? null : `not bought again: ${error.message}`;

const unknown = ({ id }: RunRecord, why: string): Decision => ({
  action: 'unknown',
  reasons: [
    `the answer to its submit was lost (${why}); rh-batch resolve ${id} settles it, with --task ID, --resubmit or --give-up`,
  ],
});

/** Never accepted, or refused or failed in a way that allows another submit. */
const pending = ({ state, failures }: RunRecord): Decision => {
  const last = state.is === 'pending' ? state.last : null;
  if (failures === 0 || last === null) return { action: 'new', reasons: [] };
  return { action: 'retry', reasons: [`failed before: ${last.message}`] };
};
