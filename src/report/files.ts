import { resultsCsv } from './csv.js';
import type { HtmlOptions } from './html/page.js';
import { reportHtml } from './html/page.js';
import { resultsJsonl } from './jsonl.js';
import { junitXml } from './junit.js';
import type { BatchReport } from './model.js';
import { summaryJson } from './summary.js';

/** A file of the outputs' folder. Large ones come in pieces, so that they can be streamed. */
export interface ReportFile {
  readonly name: string;
  content(): Promise<Iterable<string>>;
}

/** Every report, least dependent first: should one fail, the exact ones are written already. */
export const reportFiles = (report: BatchReport, html: HtmlOptions = {}): readonly ReportFile[] => [
  { name: 'summary.json', content: () => Promise.resolve([summaryJson(report)]) },
  { name: 'results.jsonl', content: () => Promise.resolve(resultsJsonl(report)) },
  { name: 'results.csv', content: () => Promise.resolve(resultsCsv(report)) },
  { name: 'report.html', content: () => Promise.resolve(reportHtml(report, html)) },
  { name: 'junit.xml', content: async () => [await junitXml(report)] },
];
