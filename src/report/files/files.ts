import { resultsCsv } from './csv.js';
import type { HtmlOptions } from '../html/page.js';
import { reportHtml } from '../html/page.js';
import { resultsJsonl } from './jsonl.js';
import { junitXml } from './junit.js';
import type { BatchReport } from '../model.js';
import { summaryJson } from './summary.js';

/** A file of the outputs' folder. Large ones come in pieces, so that they can be streamed. */
export interface ReportFile {
  readonly name: string;
  content(): Iterable<string>;
}

/** Every report, least dependent first: should one fail, the exact ones are written already. */
export const reportFiles = (report: BatchReport, html: HtmlOptions = {}): readonly ReportFile[] => [
  { name: 'summary.json', content: () => [summaryJson(report)] },
  { name: 'results.jsonl', content: () => resultsJsonl(report) },
  { name: 'results.csv', content: () => resultsCsv(report) },
  { name: 'report.html', content: () => reportHtml(report, html) },
  { name: 'junit.xml', content: () => junitXml(report) },
];
