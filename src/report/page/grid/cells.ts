import type { Axis, Run } from '../batch.js';
import { groupBy } from '../format.js';
import type { Axes } from './axes.js';

/** The values of one row or column, one for each variable of its side; null: not given. */
export type Line = readonly (string | null)[];

/** The rows and columns that have a run, and the runs of each cell. */
export interface Cells {
  readonly rows: readonly Line[];
  readonly columns: readonly Line[];
  readonly runsAt: (row: Line, column: Line) => readonly Run[];
}

export const cellsOf = (runs: readonly Run[], { down, across }: Axes): Cells => {
  const keyOf = (row: Line, column: Line): string => JSON.stringify([row, column]);
  const cells = groupBy(runs, (run) => keyOf(lineOf(down, run), lineOf(across, run)));
  return {
    rows: linesOf(down, runs),
    columns: linesOf(across, runs),
    runsAt: (row, column) => cells.get(keyOf(row, column)) ?? [],
  };
};

const lineOf = (axes: readonly Axis[], run: Run): Line => axes.map(({ of }) => of(run));

/** In the order of the variables' values; without a variable there is the one line. */
const linesOf = (axes: readonly Axis[], runs: readonly Run[]): readonly Line[] => {
  const places = axes.map(({ values }) => new Map(values.map((value, at) => [value, at])));
  const found = new Map(
    runs.map((run) => lineOf(axes, run)).map((line) => [JSON.stringify(line), line]),
  );
  const placeOf = (line: Line, side: number): number => {
    const value = line[side] ?? null;
    return value === null ? Infinity : (places[side]?.get(value) ?? Infinity);
  };
  return [...found.values()].sort((a, b) => {
    for (const side of axes.keys()) {
      const [left, right] = [placeOf(a, side), placeOf(b, side)];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
};
