/** The words that every report shares with the script of report.html. It imports nothing. */

export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'unknown' | 'pending';

/** What a person looks at first comes first. */
export const statuses: readonly RunStatus[] = [
  'failed',
  'unknown',
  'cancelled',
  'pending',
  'succeeded',
];

/**
 * worse: succeeded before, not now; better: the other way round; changed: other outputs, or another
 * way not to succeed; same: equal bytes, or the same failure.
 */
export type Verdict = 'worse' | 'changed' | 'added' | 'removed' | 'better' | 'same';

/** What a person looks at first comes first. */
export const verdicts: readonly Verdict[] = [
  'worse',
  'changed',
  'added',
  'removed',
  'better',
  'same',
];

/** As people read them. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  worse: 'no longer succeeded',
  changed: 'changed',
  added: 'added',
  removed: 'removed',
  better: 'newly succeeded',
  same: 'the same',
};
