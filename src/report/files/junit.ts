import { impossible } from '../../values/impossible.js';
import { plainText } from '../../values/printable.js';
import type { BatchReport, ReportRun } from '../model.js';
import { durationOf } from '../model.js';
import type { ReportParts } from '../parts.js';
import { inOne } from '../parts.js';
import type { ListedRuns } from '../runs-digest.js';
import { isoTime } from '../time.js';
import { errorPlace, errorText, placeOf } from '../words.js';
import type { XmlElement } from './xml.js';
import { elementXml, xmlDocument } from './xml.js';

/** junit.xml: one test case per run, with the file and line it came from. */
export const junitXml = (report: BatchReport): Iterable<string> => inOne(junitParts(report));

export const junitParts = (report: BatchReport): ReportParts => {
  const around = (): readonly string[] => suites(report).split(casesHere);
  return {
    before: () => around().slice(0, 1),
    runs: () => testCases(report),
    after: () => around().slice(1),
  };
};

/** In place of the test cases. As it stands it is in no text: `<` is written otherwise there. */
const casesHere = '    <testcase/>\n';

const suites = (report: BatchReport): string => {
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
    content: [{ name: 'testcase' }],
  };
  return [...xmlDocument({ name: 'testsuites', attributes: results, content: [suite] })].join('');
};

function* testCases({ name, runs }: ListedRuns): Iterable<string> {
  for (const run of runs) yield* elementXml(testCase(name, run), '    ');
}

const testCase = (name: string, run: ReportRun): XmlElement => ({
  name: 'testcase',
  attributes: {
    name: plainText(run.name),
    classname: plainText(name),
    time: (run.runMs ?? 0) / 1000,
    file: run.row === null ? null : plainText(run.row.file),
  },
  content: [{ name: 'properties', content: properties(run) }, ...resultOf(run)],
});

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
