import { githubAnnotations } from '../../diagnostics/annotations.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/diagnostic.js';
import { count, duration, fileSize, grouped, shortDecimal } from '../../values/amounts.js';
import type { BatchReport, ReportRun } from '../model.js';
import { durationOf } from '../model.js';
import type { Trouble } from '../troubles.js';
import { groupTroubles } from '../troubles.js';
import { clipped, plainText } from '../../values/printable.js';
import { errorText, placeOf } from '../words.js';

/** GitHub refuses a step's summary above 1 MiB; other steps' words are not ours to crowd out. */
const maxBytes = 1_000_000;
const maxCell = 200;

/** Markdown for GITHUB_STEP_SUMMARY. All text of users and of the service is inert in it. */
export const githubSummary = (report: BatchReport): string => {
  const page = new Page(maxBytes);
  page.add(`${heading(report)}\n`);
  const { news, older } = troublesOf(report);
  page.table(
    'Failed, cancelled or unknown',
    ['Run', 'Row', 'Status', 'Reason', 'Task'],
    news.map((run) => [
      run.name,
      placeOf(run) ?? '',
      run.status,
      run.error === null ? '' : errorText(run.error),
      run.taskId ?? '',
    ]),
  );
  if (older > 0) page.add(`${olderText(older)}\n\n`);
  page.table(
    'Pending',
    ['Runs', 'Reason'],
    groupTroubles(ofThisApply(report)).flatMap(({ first: { status, error: why }, runs }) =>
      status === 'pending' && why !== null ? [[grouped(runs), errorText(why)]] : [],
    ),
  );
  page.table(
    'Outputs',
    ['Run', 'Files', 'Size'],
    report.runs
      .filter(({ outputs }) => outputs.some(({ path }) => path !== null))
      .map(({ name, outputs }) => [
        name,
        outputs.map(({ path }) => path ?? '').join(', '),
        fileSize(outputs.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)),
      ]),
  );
  return page.text;
};

/** As many as are ever shown. */
const maxAnnotations = 10;

/** Workflow commands that mark the row of each run in trouble. `pathOf`: as the repository has it. */
export const runAnnotations = (
  report: BatchReport,
  pathOf: (file: string) => string = (file) => file,
): string => {
  const { older } = troublesOf(report);
  const troubles = groupTroubles(ofThisApply(report));
  const diagnostics = troubles.slice(0, maxAnnotations).map(asDiagnostic);
  const marked = githubAnnotations(diagnostics, troubles.length - diagnostics.length, pathOf);
  return older === 0 ? marked : `${marked}::notice::${olderText(older)}\n`;
};

const ofThisApply = ({ runs }: BatchReport): readonly ReportRun[] =>
  runs.filter(({ thisApply }) => thisApply);

/** One for each reason at each place: a step shows ten. */
const asDiagnostic = ({ first, runs }: Trouble<ReportRun>): Diagnostic => {
  const { name, status, row } = first;
  const reason = first.error === null ? '' : `: ${errorText(first.error)}`;
  if (status === 'pending')
    return error('E0870', null, `${runs === 1 ? name : count(runs, 'run')} pending${reason}`);
  const at =
    row === null ? null : { file: row.file, line: row.line, column: 0, length: 1, text: null };
  const who = runs === 1 ? name : `${name} and ${count(runs - 1, 'more run')}`;
  return error('E0890', at, `${who} ${status}${reason}`);
};

/** What earlier applies left in trouble is no news of this one: it is counted. */
const troublesOf = ({
  runs,
}: BatchReport): { readonly news: ReportRun[]; readonly older: number } => {
  const troubled = runs.filter(isTroubled);
  const news = troubled.filter(({ thisApply }) => thisApply);
  return { news, older: troubled.length - news.length };
};

const olderText = (older: number): string =>
  `${count(older, 'run')} of earlier applies failed, cancelled or unknown; the report has all of them`;

const isTroubled = ({ status }: ReportRun): boolean =>
  status === 'failed' || status === 'cancelled' || status === 'unknown';

const heading = (report: BatchReport): string => {
  const { counts, thisApply, cost, outputs, stop } = report;
  const facts: readonly (readonly [string, string])[] = [
    [
      'Succeeded',
      `${grouped(counts.succeeded)} of ${grouped(counts.total)} (${grouped(counts.reused)} reused)`,
    ],
    [
      'This apply',
      thisApply.total === counts.total
        ? ''
        : `${grouped(thisApply.succeeded)} of ${grouped(thisApply.total)}`,
    ],
    ['Failed', grouped(counts.failed)],
    ['Cancelled', grouped(counts.cancelled)],
    ['Unknown', grouped(counts.unknown)],
    ['Pending', grouped(counts.pending)],
    ['Submits', grouped(report.submits)],
    ['Outputs', `${count(outputs.files, 'file')}, ${fileSize(outputs.bytes)}`],
    ['Coins', cost.coins === null ? '' : shortDecimal(cost.coins)],
    ['Money', cost.money === null ? '' : shortDecimal(cost.money)],
    ['Task time', cost.taskTimeMs === null ? '' : duration(cost.taskTimeMs)],
    ['Wall time', duration(durationOf(report))],
  ];
  const shown = facts.filter(([, value]) => value !== '' && value !== '0');
  return [
    `## ${inert(report.title)}${report.emulated ? ' (emulated)' : ''}`,
    '',
    ...(stop === null ? [] : [`Stopped before its end: ${inert(stop)}`, '']),
    `| ${shown.map(([name]) => name).join(' | ')} |`,
    `|${shown.map(() => ' --- |').join('')}`,
    `| ${shown.map(([, value]) => inert(value)).join(' | ')} |`,
    '',
  ].join('\n');
};

/** Text that stops growing before its limit. */
class Page {
  text = '';
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  add(text: string): void {
    this.text += text;
    this.#left -= new TextEncoder().encode(text).length;
  }

  table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
    if (rows.length === 0 || this.#left < 2000) return;
    this.add(`### ${title} (${grouped(rows.length)})\n\n`);
    this.add(`| ${head.join(' | ')} |\n|${head.map(() => ' --- |').join('')}\n`);
    for (const [index, row] of rows.entries()) {
      if (this.#left < 2000) {
        this.add(
          `\n… and ${count(rows.length - index, 'more run')}; report.html has all of them\n`,
        );
        break;
      }
      this.add(`| ${row.map((cell) => inert(clipped(cell, maxCell))).join(' | ')} |\n`);
    }
    this.add('\n');
  }
}

/** As it stands, on one line: no markup, HTML, mention, formula or cell border. */
const inert = (text: string): string =>
  plainText(text)
    .replace(/\s+/g, ' ')
    .replace(/[&<>|*_`[\]()\\#~!@$:{}]/g, (mark) => `&#${mark.charCodeAt(0)};`);
