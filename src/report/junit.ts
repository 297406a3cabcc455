import type { Builder, TestCase, TestSuite } from 'junit-report-builder';
import { impossible } from '../values/impossible.js';
import type { BatchReport, ReportRun } from './model.js';
import { durationOf } from './model.js';
import { isoTime } from './time.js';
import { errorPlace, errorText, placeOf } from './words.js';

/** junit.xml: one test case per run, with the file and line it came from. */
export const junitXml = async (report: BatchReport): Promise<string> => {
  const builder = (await loadBuilder()).newBuilder();
  const suite = builder.testSuite().name(xmlText(report.name));
  suite.time(durationOf(report) / 1000);
  const startedAt = isoTime(report.startedAt);
  if (startedAt !== null) suite.timestamp(startedAt);
  for (const run of report.runs) addCase(suite, report, run);
  return `${builder.build()}\n`;
};

/**
 * Loaded here only: it costs as much start-up as all other reports together. Node hands the
 * builder out as the default; the package's own types have it one level deeper.
 */
const loadBuilder = async (): Promise<Builder> => {
  const { default: loaded }: { default: unknown } = await import('junit-report-builder');
  if (!isBuilder(loaded)) throw new Error('junit-report-builder is not what it was');
  return loaded;
};

const isBuilder = (value: unknown): value is Builder =>
  typeof value === 'object' && value !== null && 'newBuilder' in value;

const addCase = (suite: TestSuite, report: BatchReport, run: ReportRun): void => {
  const test = suite.testCase().name(xmlText(run.name)).className(xmlText(report.name));
  test.time((run.runMs ?? 0) / 1000);
  if (run.row !== null) {
    test.file(xmlText(run.row.file));
    test.property('line', String(run.row.line));
  }
  test.property('id', run.id);
  test.property('thisApply', String(run.thisApply));
  if (run.taskId !== null) test.property('taskId', run.taskId);
  markResult(test, run);
};

const markResult = (test: TestCase, run: ReportRun): void => {
  const { status, error } = run;
  const message = xmlText(error === null ? status : errorText(error));
  const kind = xmlText(error?.class ?? status);
  switch (status) {
    case 'succeeded':
      test.standardOutput(sectionText(outputsText(run)));
      return;
    case 'failed':
    case 'cancelled':
      test.failure(message, kind).stacktrace(sectionText(detail(run)));
      return;
    case 'unknown':
      test.error(message, kind, sectionText(detail(run)));
      return;
    case 'pending':
      test.skipped();
      if (error !== null) test.standardOutput(sectionText(message));
      return;
    default:
      impossible(status);
  }
};

const outputsText = ({ outputs }: ReportRun): string =>
  outputs.map(({ path, url }) => path ?? url ?? '').join('\n');

const detail = (run: ReportRun): string =>
  [placeOf(run), run.error === null ? null : errorPlace(run.error), run.error?.traceback]
    .filter((part) => part !== null && part !== undefined)
    .join('\n');

/**
 * The builder drops what XML 1.0 cannot hold. It also writes colour codes' brackets without
 * their ESC, so these go first.
 */
const xmlText = (text: string): string => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');

/** For a CDATA section: the builder splits only the first `]]>` of a text. */
const sectionText = (text: string): string => xmlText(text).replaceAll(']]>', ']] >');
