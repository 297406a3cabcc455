import { createHash } from 'node:crypto';
import type { BatchReport, ReportRun } from './model.js';

/** What the parts of the reports that list the runs are made from, and nothing else. */
export type ListedRuns = Pick<BatchReport, 'name' | 'runs'>;

/**
 * Equal for equal runs: then each of those parts is the same text. `made` is what else they
 * depend on: which program writes them, and what it takes out.
 */
export const runsDigest = ({ name, runs }: ListedRuns, made: readonly string[]): string => {
  const hash = createHash('sha256').update(JSON.stringify([...made, name]));
  for (let from = 0; from < runs.length; from += atOnce)
    hash.update(JSON.stringify(runs.slice(from, from + atOnce).map(wholeRun)));
  return hash.digest('hex');
};

/** A call of the hash costs as much as some lines. */
const atOnce = 100;

/** All that a run has, also what will be added to it: its variables are the only map. */
const wholeRun = (run: ReportRun): unknown => ({ ...run, values: [...run.values] });
