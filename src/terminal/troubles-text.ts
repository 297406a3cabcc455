import type { Counts, ReportRun, RunStatus } from '../report/model.js';
import type { Paint, Style } from './colour.js';
import { plain } from './colour.js';
import { clip, grouped, oneLine } from './format.js';
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

/** The first runs that did not succeed: why, where they come from, and how their traceback ends. */
export const troubleLines = (
  { runs, counts }: { readonly runs: Iterable<TroubledRun>; readonly counts: Counts },
  { paint = plain, maxTroubles = 5, width = null, explain }: TroublesOptions,
): string[] => {
  const lines: string[] = [];
  // A batch of one mistake has one traceback, not one for each run.
  const tails = new Set<string>();
  let told = 0;
  for (const run of runs) {
    const mark = troubleMarks[run.status];
    if (mark === null) continue;
    if (told === maxTroubles) break;
    told += 1;
    const place = run.row === null ? '' : ` (${oneLine(run.row.file)}:${run.row.line})`;
    const reason = run.error === null ? run.status : reasonOf(run.error);
    const text = `${oneLine(run.name)}  ${reason}${place}`;
    lines.push(`  ${paint(mark[0], mark[1])} ${width === null ? text : clip(text, width - 5)}`);
    const tail = tracebackTail(run.error?.traceback ?? null, width === null ? null : width - 7);
    const same = tail.lines.length > 0 && tails.has(tail.lines.join('\n'));
    tails.add(tail.lines.join('\n'));
    const shown = same ? ['(the same traceback)'] : tail.lines;
    lines.push(...shown.map((line) => `      ${paint('dim', line)}`));
    if (tail.cut && !same && explain !== undefined)
      lines.push(`      ${explain(run.id.slice(0, 8))}  shows the whole traceback`);
  }
  const left = counts.failed + counts.cancelled + counts.unknown - told;
  if (left > 0 && maxTroubles > 0) lines.push(`  ${paint('dim', `… and ${grouped(left)} more`)}`);
  return lines;
};

const troubleMarks: Readonly<Record<RunStatus, readonly [Style, string] | null>> = {
  failed: ['error', '✖'],
  cancelled: ['warning', '⊘'],
  unknown: ['warning', '?'],
  pending: null,
  succeeded: null,
};
