import { impossible } from '../../values/impossible.js';
import { plainText } from '../../values/printable.js';
import type { BatchReport, ReportRun } from '../model.js';
import { durationOf } from '../model.js';
import { isoTime } from '../time.js';
import { errorPlace, errorText, placeOf } from '../words.js';
import type { XmlElement } from './xml.js';
import { xmlDocument } from './xml.js';

/** junit.xml: one test case per run, with the file and line it came from. */
export const junitXml = (report: BatchReport): Iterable<string> => {
  const { counts } = report;
  const results = {
    tests: counts.total,
    failures: counts.failed + counts.cancelled,
    errors: counts.unknown,
    skipped: counts.pending,
  };
  const suite: XmlElement = {
    name: 'testsuite',
    attributes: {
      name: plainText(report.name),
      time: durationOf(report) / 1000,
      timestamp: isoTime(report.startedAt),
      ...results,
    },
    content: testCases(report),
  };
  return xmlDocument({ name: 'testsuites', attributes: results, content: [suite] });
};

function* testCases({ name, runs }: BatchReport): Iterable<XmlElement> {
  for (const run of runs)
    yield {
      name: 'testcase',
      attributes: {
        name: plainText(run.name),
        classname: plainText(name),
        time: (run.runMs ?? 0) / 1000,
        file: run.row === null ? null : plainText(run.row.file),
      },
      content: [{ name: 'properties', content: properties(run) }, ...resultOf(run)],
    };
}

const properties = (run: ReportRun): readonly XmlElement[] =>
  Object.entries({
    line: run.row === null ? null : String(run.row.line),
    id: run.id,
    thisApply: String(run.thisApply),
    taskId: run.taskId,
  }).flatMap(([name, value]) =>
    value === null ? [] : [{ name: 'property', attributes: { name, value } }],
  );

const resultOf = (run: ReportRun): readonly XmlElement[] => {
  const { status, error } = run;
  const message = plainText(error === null ? status : errorText(error));
  const trouble = {
    attributes: { message, type: plainText(error?.class ?? status) },
    content: plainText(detail(run)),
  };
  switch (status) {
    case 'succeeded':
      return [{ name: 'system-out', content: plainText(outputsText(run)) }];
    case 'failed':
    case 'cancelled':
      return [{ name: 'failure', ...trouble }];
    case 'unknown':
      return [{ name: 'error', ...trouble }];
    case 'pending':
      return error === null
        ? [{ name: 'skipped' }]
        : [{ name: 'skipped' }, { name: 'system-out', content: message }];
    default:
      return impossible(status);
  }
};

const outputsText = ({ outputs }: ReportRun): string =>
  outputs.map(({ path, url }) => path ?? url ?? '').join('\n');

const detail = (run: ReportRun): string =>
  [placeOf(run), run.error === null ? null : errorPlace(run.error), run.error?.traceback]
    .filter((part) => part !== null && part !== undefined)
    .join('\n');
