import { stringify } from 'csv-stringify/sync';
import { plainText } from '../../values/printable.js';
import { inertCell } from './formula.js';
import type { ReportRun } from '../model.js';
import type { ListedRuns } from '../runs-digest.js';
import { isoTime } from '../time.js';

/**
 * results.csv: for people and spreadsheets. One line per run in matrix order; a column for each
 * variable of the matrix; text that a spreadsheet would run is neutralised. JSONL is the exact one.
 */
export function* resultsCsv({ runs }: ListedRuns): Iterable<string> {
  const variables = variablesOf(runs);
  // Without the mark Excel reads the file in its own old encoding.
  yield `\ufeff${lines([[...before, ...variables.map(headerOf), ...after]])}`;
  for (let from = 0; from < runs.length; from += atOnce)
    yield lines(
      runs.slice(from, from + atOnce).map((run) => {
        const values = variables.map((name) => run.values.get(name) ?? null);
        return [...headCells(run), ...values, ...tailCells(run)];
      }),
    );
}

/** A call of csv-stringify costs as much as some tens of lines. */
const atOnce = 500;

type CsvValue = string | number | boolean | null;

const before = [
  'index',
  'id',
  'name',
  'status',
  'thisApply',
  'reused',
  'attempts',
  'taskId',
  'file',
  'line',
];
const after = [
  'outputs',
  'error',
  'errorClass',
  'errorCode',
  'errorNode',
  'errorField',
  'queueMs',
  'runMs',
  'coins',
  'money',
  'submittedAt',
  'finishedAt',
];
const ours: ReadonlySet<string> = new Set([...before, ...after]);

/** Stands in no output's name, since file names may not hold it. */
const betweenOutputs = '|';

const headCells = (run: ReportRun): CsvValue[] => [
  run.index,
  run.id,
  run.name,
  run.status,
  run.thisApply,
  run.reused,
  run.attempts,
  run.taskId,
  run.row?.file ?? null,
  run.row?.line ?? null,
];

const tailCells = (run: ReportRun): CsvValue[] => [
  run.outputs.map(({ path, url }) => path ?? url ?? '').join(betweenOutputs),
  run.error?.message ?? null,
  run.error?.class ?? null,
  run.error?.code ?? null,
  run.error?.node ?? null,
  run.error?.field ?? null,
  run.queueMs,
  run.runMs,
  run.cost.coins,
  run.cost.money,
  isoTime(run.submittedAt),
  isoTime(run.finishedAt),
];

/** Union over all runs, in the order of their first appearance. */
const variablesOf = (runs: readonly ReportRun[]): string[] => {
  const names = new Set<string>();
  for (const { values } of runs) for (const name of values.keys()) names.add(name);
  return [...names];
};

/** A variable that is called like one of our columns takes the template language's longer name. */
const headerOf = (variable: string): string =>
  ours.has(variable) ? `matrix.${variable}` : variable;

const lines = (rows: readonly (readonly CsvValue[])[]): string =>
  stringify(
    rows.map((cells) =>
      cells.map((cell) => (typeof cell === 'string' ? inertCell(plainText(cell)) : cell)),
    ),
    // As it stands csv-stringify writes true as 1 and false as nothing.
    { cast: { boolean: String } },
  );
