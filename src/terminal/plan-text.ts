import { impossible } from '../values/impossible.js';
import type { FileMoves } from '../plan/names/moves.js';
import { countMoves } from '../plan/names/moves.js';
import type { Action, Estimate, Plan, PlannedRun, PlannedUpload } from '../plan/plan.js';
import type { Paint, Style } from './colour.js';
import { plain } from './colour.js';
import {
  clip,
  count,
  fileSize,
  grouped,
  oneLine,
  roughDuration,
  shortDecimal,
  widthOf,
} from './format.js';

export type PlanShown = Pick<Plan, 'summary' | 'uploads' | 'estimate' | 'runs'> &
  Partial<Pick<Plan, 'moves'>>;

export interface PlanTextOptions {
  readonly paint?: Paint;
  /** Lines for runs; those left out are counted. */
  readonly maxRuns?: number;
  readonly maxUploads?: number;
  /** The command that shows what is left out; null: none is told. */
  readonly whole?: string | null;
  /** Completes the commands that reasons propose. */
  readonly complete?: (line: string) => string;
  /** Columns; null: lines are not cut. */
  readonly width?: number | null;
}

/** The plan as people read it: one summary line, then only what will happen. Line by line. */
export async function* planText(
  plan: PlanShown,
  {
    paint = plain,
    maxRuns = 50,
    maxUploads = 20,
    width = null,
    whole = null,
    complete = (line) => line,
  }: PlanTextOptions = {},
): AsyncIterable<string> {
  const more = moreOf(paint, whole);
  yield `${paint('strong', planSummaryText(plan))}\n`;
  const { summary } = plan;
  if (summary.notGiven > 0)
    yield `${paint('dim', `${count(summary.notGiven, 'cell')} not given: the value of api.json stays`)}\n`;
  for (const upload of plan.uploads.slice(0, maxUploads)) yield `${uploadLine(upload, paint)}\n`;
  yield more(plan.uploads.length - maxUploads, 'upload');
  yield* moveLines(plan.moves ?? [], paint, maxUploads, more);
  const pending = summary.total - summary.upToDate;
  let shown = 0;
  if (pending > 0) {
    for await (const run of plan.runs()) {
      if (!run.selected || run.action === 'upToDate') continue;
      yield `${complete(runLine(run, paint, width))}\n`;
      shown += 1;
      if (shown >= maxRuns) break;
    }
  }
  yield more(pending - shown, 'run');
}

/** `12 runs: 5 to run (3 new, 1 changed, 1 retry), 7 up to date · 2 uploads 4.1 MB · about 70 s` */
export const planSummaryText = ({
  summary,
  uploads,
  estimate,
  moves = [],
}: Pick<PlanShown, 'summary' | 'uploads' | 'estimate' | 'moves'>): string => {
  const toRun = summary.new + summary.changed + summary.retry;
  const kinds = counted([
    [summary.new, 'new'],
    [summary.changed, 'changed'],
    [summary.retry, 'retry'],
  ]);
  const others = counted([
    [summary.unknown, 'unknown'],
    [summary.cancelled, 'cancelled by others'],
    [summary.download, 'to fetch'],
    [summary.upToDate, 'up to date'],
    [summary.notSelected, 'not selected'],
  ]);
  const run = `${grouped(toRun)} to run${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`;
  const bytes = uploads.reduce((sum, upload) => sum + upload.bytes, 0);
  return [
    `${count(summary.total, 'run')}: ${[run, ...others].join(', ')}`,
    ...movesText(moves),
    ...(uploads.length === 0 ? [] : [`${count(uploads.length, 'upload')} ${fileSize(bytes)}`]),
    ...(toRun === 0 ? [] : estimateParts(estimate)),
  ].join(' · ');
};

/** Kept files that are to have another name, or that lie elsewhere. */
const movesText = (moves: readonly FileMoves[]): string[] => {
  const { renamed, linked } = countMoves(moves);
  return [
    ...(renamed === 0 ? [] : [`${count(renamed, 'file')} to rename`]),
    ...(linked === 0 ? [] : [`${count(linked, 'file')} to link from where they are`]),
  ];
};

function* moveLines(
  moves: readonly FileMoves[],
  paint: Paint,
  most: number,
  more: More,
): Iterable<string> {
  const all = moves.flatMap(({ files }) => files).filter(({ how }) => how !== 'keep');
  for (const { file, from, to, how } of all.slice(0, most))
    yield `${paint('accent', '→')} ${oneLine(to)}  ${paint('dim', how === 'rename' ? `is ${oneLine(file.path)} now` : `linked from ${oneLine(from)}`)}\n`;
  yield more(all.length - most, 'file');
}

const counted = (parts: readonly (readonly [number, string])[]): string[] =>
  parts.filter(([number]) => number > 0).map(([number, word]) => `${grouped(number)} ${word}`);

/** Says on how many past tasks it rests, since that is how far it can be trusted. */
const estimateParts = ({ observations, wallTimeMs, taskTimeMs, coins }: Estimate): string[] => {
  const time =
    wallTimeMs !== null
      ? [`about ${roughDuration(wallTimeMs)}`]
      : taskTimeMs === null
        ? []
        : [`about ${roughDuration(taskTimeMs)} of task time`];
  const parts = [...time, ...(coins === null ? [] : [`about ${roughCoins(coins)} coins`])];
  const last = parts.pop();
  return last === undefined ? [] : [...parts, `${last} (from ${count(observations, 'past task')})`];
};

const roughCoins = (coins: string): string => {
  const value = Number(coins);
  return value >= 10 ? grouped(Math.round(value)) : shortDecimal(coins);
};

const uploadLine = ({ path, bytes, usedBy }: PlannedUpload, paint: Paint): string =>
  `${paint('accent', '↑')} ${oneLine(path)}  ${paint('dim', `${fileSize(bytes)}, for ${count(usedBy, 'run')}`)}`;

const runLine = (run: PlannedRun, paint: Paint, width: number | null): string => {
  const { mark, style } = markOf(run.action);
  const place = run.row === null ? '' : `  ${oneLine(run.row.file)}:${run.row.line}`;
  const reasons = run.reasons.map(oneLine).join('; ');
  const head = `${oneLine(run.name)}${place}`;
  const twin =
    run.twinOf === null || run.acts ? '' : ` (same as run ${run.twinOf}, submitted once)`;
  const tail = reasons === '' ? wordOf[run.action] + twin : reasons + twin;
  const room = width === null ? Number.MAX_SAFE_INTEGER : Math.max(20, width - 1);
  const shownHead = clip(head, room - 2);
  const left = room - 2 - widthOf(shownHead) - 2;
  return `${paint(style, mark)} ${shownHead}  ${paint('dim', clip(tail, left))}`.trimEnd();
};

const markOf = (action: Action): { readonly mark: string; readonly style: Style } => {
  switch (action) {
    case 'new':
      return { mark: '+', style: 'good' };
    case 'changed':
      return { mark: '~', style: 'warning' };
    case 'retry':
      return { mark: '!', style: 'error' };
    case 'unknown':
      return { mark: '?', style: 'warning' };
    case 'cancelled':
      return { mark: '⊘', style: 'warning' };
    case 'download':
      return { mark: '↓', style: 'accent' };
    case 'upToDate':
      return { mark: '=', style: 'dim' };
    default:
      return impossible(action);
  }
};

const wordOf: Readonly<Record<Action, string>> = {
  new: 'new',
  changed: 'changed',
  retry: 'failed before',
  unknown: 'the answer to its submit was lost',
  cancelled: 'cancelled by somebody else',
  download: 'its outputs are fetched, nothing is submitted',
  upToDate: 'up to date',
};

type More = (left: number, what: string) => string;

/** How many are left out, and what shows them. */
const moreOf =
  (paint: Paint, whole: string | null): More =>
  (left, what) => {
    if (left <= 0) return '';
    const how = whole === null ? '' : `: ${whole}  shows ${left === 1 ? 'it' : 'them'}`;
    return `${paint('dim', `… and ${count(left, `more ${what}`)}`)}${how}\n`;
  };
