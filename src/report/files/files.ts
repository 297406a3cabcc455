import { resultsCsv } from './csv.js';
import type { HtmlOptions } from '../html/page.js';
import { htmlParts } from '../html/page.js';
import { resultsJsonl } from './jsonl.js';
import { junitParts } from './junit.js';
import type { BatchReport } from '../model.js';
import type { ReportParts } from '../parts.js';
import { summaryJson } from './summary.js';

/** A file of the outputs' folder. Large ones come in pieces, so that they can be streamed. */
export interface ReportFile extends ReportParts {
  readonly name: string;
  /** Whether the part that lists the runs rests on nothing but them. */
  readonly lasting: boolean;
}

/** Every report, least dependent first: should one fail, the exact ones are written already. */
export const reportFiles = (report: BatchReport, html: HtmlOptions = {}): readonly ReportFile[] => [
  { name: 'summary.json', lasting: false, ...around, before: () => [summaryJson(report)] },
  { name: 'results.jsonl', lasting: true, ...around, runs: () => resultsJsonl(report) },
  { name: 'results.csv', lasting: true, ...around, runs: () => resultsCsv(report) },
  { name: 'report.html', ...htmlParts(report, html) },
  { name: 'junit.xml', lasting: true, ...junitParts(report) },
];

const around: ReportParts = { before: () => [], runs: () => [], after: () => [] };
