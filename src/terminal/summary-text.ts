import type { BatchReport, Counts, ReportOutput, ReportRun } from '../report/model.js';
import type { Paint, Style } from './colour.js';
import { plain } from './colour.js';
import { count, duration, grouped, oneLine, shortDecimal } from './format.js';
import { outputLines } from './single-run-text.js';
import type { TroubledRun, TroublesOptions } from './troubles-text.js';
import { troubleLines } from './troubles-text.js';
import { cancelledOutside } from '../journal/cancelled.js';

/** What the end of an apply is told from. A BatchReport is one. */
export interface SummaryInput extends Pick<
  BatchReport,
  'counts' | 'thisApply' | 'cost' | 'submits' | 'startedAt' | 'finishedAt' | 'stop' | 'emulated'
> {
  readonly outputs: Pick<BatchReport['outputs'], 'files'>;
  readonly runs: Iterable<SummaryRun>;
}

interface SummaryRun extends TroubledRun, Pick<ReportRun, 'thisApply' | 'reused'> {
  readonly outputs: readonly Pick<ReportOutput, 'path' | 'url'>[];
}

export interface SummaryTextOptions extends TroublesOptions {
  /** As shown to people; null: it was not written. */
  readonly reportPath: string | null;
  /** The command that would go on with this batch, such as `rh-batch apply hero.yaml`; null: none here. */
  readonly command: string | null;
  /** The command that settles a run whose fate is unknown. */
  readonly resolve?: (run: string) => string;
  /** How a path below the outputs' folder is shown; absent: files are not told. */
  readonly shown?: (path: string) => string;
  /** Of a batch that was put together from several applies: it tells of all its runs. */
  readonly merged?: boolean;
}

/** The result on stdout: how it went, what needs a person, where the report is, what to do next. */
export const summaryText = (report: SummaryInput, options: SummaryTextOptions): string => {
  const { paint = plain, reportPath } = options;
  const input = options.merged === true ? report : ofThisApply(report);
  const lines = [
    headline(input, paint),
    ...troubleLines(input, options),
    ...batchLine(report, input, paint),
    ...fileLines(input, options),
  ];
  if (input.stop !== null) lines.push(`${paint('warning', 'stopped:')} ${oneLine(input.stop)}`);
  if (reportPath !== null) lines.push(`${paint('dim', 'report:')} ${reportPath}`);
  const next = options.command === null ? null : nextStep(input, options.command, options.resolve);
  if (next !== null) lines.push(`${paint('dim', 'next:')}   ${next}`);
  return lines.map((line) => `${line}\n`).join('');
};

/** What a person asked for, in the place of the whole batch. */
const ofThisApply = (input: SummaryInput): SummaryInput =>
  input.thisApply.total === input.counts.total
    ? input
    : {
        ...input,
        counts: input.thisApply,
        runs: [...input.runs].filter(({ thisApply }) => thisApply),
      };

/** How the whole batch stands, where the lines above are of a part of it. */
const batchLine = ({ counts }: SummaryInput, shown: SummaryInput, paint: Paint): string[] =>
  shown.counts === counts
    ? []
    : [
        `${paint('dim', 'batch:')}  ${[
          `${grouped(counts.succeeded)} of ${count(counts.total, 'run')} succeeded`,
          ...troublesOf(counts),
        ].join(', ')}`,
      ];

const troublesOf = (counts: Counts): string[] =>
  (
    [
      [counts.failed, 'failed'],
      [counts.cancelled, 'cancelled'],
      [counts.unknown, 'unknown'],
      [counts.pending, 'pending'],
    ] as const
  )
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${grouped(number)} ${word}`);

const headline = (input: SummaryInput, paint: Paint): string => {
  const { counts, cost, emulated, submits, outputs } = input;
  const whole = counts.succeeded === counts.total;
  const [style, mark]: [Style, string] = whole
    ? ['good', '✔']
    : counts.failed + counts.cancelled + counts.unknown > 0
      ? ['error', '✖']
      : ['warning', '■'];
  const reused = counts.reused === 0 ? '' : ` (${grouped(counts.reused)} submitted before)`;
  const done = `${grouped(counts.succeeded)} of ${count(counts.total, 'run')} succeeded${reused}`;
  const facts = [
    ...troublesOf(counts),
    ...(submits === 0 ? ['nothing submitted'] : [count(submits, 'submit')]),
    ...(outputs.files === 0 ? [] : [count(outputs.files, 'file')]),
    ...(cost.coins === null ? [] : [`${shortDecimal(cost.coins)} coins`]),
    ...(cost.money === null ? [] : [`${shortDecimal(cost.money)} in money`]),
    ...tookText(input),
    ...(emulated ? ['emulated'] : []),
  ];
  return `${paint(style, mark)} ${paint('strong', done)} · ${facts.join(' · ')}`;
};

const tookText = ({ startedAt, finishedAt }: SummaryInput): string[] =>
  startedAt === null || finishedAt === null ? [] : [duration(Math.max(0, finishedAt - startedAt))];

/** Of so many, each is told by itself. */
const fewOutputs = 6;

/** Where the files are. Links that a service of this process gave ended with it, and old ones may have. */
const fileLines = (
  { runs, emulated }: SummaryInput,
  { paint = plain, shown }: SummaryTextOptions,
): string[] => {
  if (shown === undefined) return [];
  // A twin's files are those of the run that it equals.
  const outputs = new Map<string, Pick<ReportOutput, 'path' | 'url'>>();
  for (const run of runs)
    for (const { path, url } of run.outputs) {
      const live = emulated || run.reused ? null : url;
      if (path !== null || live !== null) outputs.set(path ?? url ?? '', { path, url: live });
    }
  if (outputs.size === 0) return [];
  const folder = `${paint('dim', 'files:')}  ${oneLine(shown('.'))}`;
  if (outputs.size > fewOutputs) return [folder];
  const lines = outputLines(outputs.values(), shown).trimEnd().split('\n');
  return [folder, ...lines.map((line) => `  ${line}`)];
};

/** Runs whose tasks are of another account: the same command leaves them alone once more. */
const leftToOthers = (runs: Iterable<SummaryRun>): number => {
  let left = 0;
  for (const { status, error } of runs)
    if (status === 'pending' && error?.code === 'other-account') left += 1;
  return left;
};

/** Runs that somebody else cancelled: the same command leaves them alone, unless it says --failed. */
const cancelledByOthers = (runs: Iterable<SummaryRun>, command: string): number => {
  let found = 0;
  if (command.includes(' --failed')) return found;
  for (const { status, error } of runs)
    if (status === 'cancelled' && error?.code === cancelledOutside) found += 1;
  return found;
};

/** The one thing to do now. Unknown runs need a decision, so they come first. */
const nextStep = (
  { counts, runs }: SummaryInput,
  command: string,
  resolve: (run: string) => string = (run) => `rh-batch resolve ${run}`,
): string | null => {
  if (counts.unknown > 0) {
    for (const run of runs)
      if (run.status === 'unknown')
        return `${resolve(run.id.slice(0, 8))} --task ID | --resubmit | --give-up`;
  }
  const left = counts.cancelled === 0 ? 0 : cancelledByOthers(runs, command);
  const again = counts.failed + counts.cancelled - left;
  const pending = counts.pending === 0 ? 0 : counts.pending - leftToOthers(runs);
  const tried = again === 1 ? 'run' : `${grouped(again)} runs`;
  if (pending > 0) {
    // What failed costs again, too: a command that did more than it says would be no proposal.
    const too = again === 0 ? '' : ` and tries the ${tried} that did not succeed again`;
    return `${command}  goes on with the ${count(pending, 'pending run')}${too}`;
  }
  if (again > 0) return `${command}  tries the ${tried} again`;
  if (left > 0)
    return `${command} --failed  tries the ${left === 1 ? 'run' : `${grouped(left)} runs`} again`;
  return null;
};
