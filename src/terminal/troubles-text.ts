import type { ReportRun, RunStatus } from '../report/model.js';
import { groupTroubles } from '../report/troubles.js';
import type { Paint, Style } from './colour.js';
import { plain } from './colour.js';
import { clip, count, oneLine } from './format.js';
import { tracebackTail } from './traceback.js';
import { reasonOf } from './words.js';

export interface TroubledRun extends Pick<ReportRun, 'name' | 'status' | 'error' | 'row'> {
  readonly id: string;
}

export interface TroublesOptions {
  readonly paint?: Paint;
  readonly maxTroubles?: number;
  /** Columns; null: lines are not cut. */
  readonly width?: number | null;
  /** The command that tells all of a run, such as its whole traceback. */
  readonly explain?: (run: string) => string;
}

/**
 * Why runs did not succeed, each reason once: the first run, where it comes from, and how its
 * traceback ends.
 */
export const troubleLines = (
  { runs, stop }: { readonly runs: Iterable<TroubledRun>; readonly stop: string | null },
  { paint = plain, maxTroubles = 5, width = null, explain }: TroublesOptions,
): string[] => {
  if (maxTroubles === 0) return [];
  // What stopped all of them is told below.
  const troubles = groupTroubles(runs).filter(
    ({ first: { status, error } }) =>
      status !== 'pending' || error === null || stop?.includes(error.message) !== true,
  );
  const lines: string[] = [];
  // A batch of one mistake has one traceback, not one for each row.
  const tails = new Set<string>();
  for (const { first: run, runs: times } of troubles.slice(0, maxTroubles)) {
    const [style, mark] = troubleMarks[run.status];
    const text = clip(lineOf(run, times), width === null ? Infinity : width - 5);
    lines.push(`  ${paint(style, mark)} ${text}`);
    const tail = tracebackTail(run.error?.traceback ?? null, width === null ? null : width - 7);
    if (tail.lines.length === 0) continue;
    const same = tails.has(tail.lines.join('\n'));
    tails.add(tail.lines.join('\n'));
    const shown = same ? ['(the same traceback)'] : tail.lines;
    lines.push(...shown.map((line) => `      ${paint('dim', line)}`));
    if (tail.cut && !same && explain !== undefined)
      lines.push(`      ${explain(run.id.slice(0, 8))}  shows the whole traceback`);
  }
  const left = troubles.slice(maxTroubles).reduce((sum, { runs: times }) => sum + times, 0);
  if (left > 0) lines.push(`  ${paint('dim', `… and ${count(left, 'more run')}`)}`);
  return lines;
};

const lineOf = ({ name, status, error, row }: TroubledRun, times: number): string => {
  const reason = error === null ? status : reasonOf(error);
  const shown = oneLine(name);
  if (status === 'pending')
    return `${times === 1 ? shown : count(times, 'run')} pending  ${reason}`;
  const who = times === 1 ? shown : `${shown} and ${count(times - 1, 'more run')}`;
  return `${who}  ${reason}${row === null ? '' : ` (${oneLine(row.file)}:${row.line})`}`;
};

const troubleMarks: Readonly<Record<RunStatus, readonly [Style, string]>> = {
  failed: ['error', '✖'],
  cancelled: ['warning', '⊘'],
  unknown: ['warning', '?'],
  pending: ['warning', '■'],
  succeeded: ['good', '✔'],
};
