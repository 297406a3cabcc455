import { inertCell } from '../../files/formula.js';
import type { Batch, Run } from '../batch.js';

/**
 * The values of runs as lines of CSV, as a table of a matrix has them, or as a spreadsheet takes
 * them: what it would run as a formula has an apostrophe in front, as in results.csv.
 */
export const csvOf = (
  { variables }: Pick<Batch, 'variables'>,
  runs: readonly Pick<Run, 'values'>[],
  withNames: boolean,
): string => {
  const rows = runs.map(({ values }) => variables.map((_, at) => values[at] ?? ''));
  return (withNames ? [variables, ...rows] : rows).map(lineOf).join('');
};

const lineOf = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\n`;

const cellOf = (text: string): string => {
  const inert = inertCell(text);
  return /["\n\r,]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
};
