import { describe, expect, test } from 'vitest';
import { bestAxes, chosenAxes } from '../../../src/report/page/grid/axes.js';
import { cellsOf } from '../../../src/report/page/grid/cells.js';
import type { Values } from './batch-of.js';
import { batchWith } from './batch-of.js';

/** Every combination of these values. */
const product = (axes: Readonly<Record<string, readonly string[]>>): readonly Values[] =>
  Object.entries(axes).reduce<readonly Values[]>(
    (rows, [name, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
const numbers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${at}`);

const namesOf = (rows: readonly Values[], sent: readonly Values[] = []) => {
  const axes = bestAxes(batchWith(rows, sent));
  return axes && [axes.down, axes.across].map((side) => side.map(({ name }) => name));
};

const empty = (rows: readonly Values[]): number => {
  const batch = batchWith(rows);
  const { rows: down, columns, runsAt } = cellsOf(batch.runs, bestAxes(batch)!);
  return down.flatMap((row) => columns.filter((column) => runsAt(row, column).length === 0)).length;
};

describe('the variables of the grid', () => {
  test('are the two that span the batch', () => {
    expect(namesOf(product({ style: ['anime', 'oil'], seed: numbers(5) }))).toEqual([
      ['seed'],
      ['style'],
    ]);
  });

  test('are up to four, so that each run has a cell of its own', () => {
    const rows = product({ a: numbers(2), b: numbers(3), c: numbers(4), d: numbers(5) });
    const [down, across] = namesOf(rows)!;
    expect([...down!, ...across!].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(empty(rows)).toBe(0);
  });

  test('leave out one that only repeats another, since its cells would be empty', () => {
    const rows = product({ style: ['anime', 'oil', 'ink'], seed: numbers(4) }).map((row) => ({
      lora: `${row['style']}.safetensors`,
      folder: `out/${row['style']}`,
      ...row,
    }));
    const names = namesOf(rows)!.flat();
    expect(names).toContain('seed');
    expect(names).toHaveLength(2);
    expect(empty(rows)).toBe(0);
  });

  test('may be a field that was sent, and one alone', () => {
    const rows = ['x', 'x', 'y', 'y'].map((style) => ({ style }));
    expect(
      namesOf(
        rows,
        ['1', '2', '1', '2'].map((seed) => ({ seed })),
      )!
        .flat()
        .sort(),
    ).toEqual(['KSampler.seed', 'style']);
    expect(namesOf(rows)).toEqual([['style'], []]);
    expect(namesOf([{ style: 'x' }])).toBeNull();
  });

  test('that were chosen are taken, each once, and an unknown one is passed over', () => {
    const batch = batchWith(product({ a: numbers(2), b: numbers(2) }));
    const chosen = chosenAxes(batch, { down: ['b'], across: ['b', 'gone', 'a'] });
    expect(chosen!.down.map(({ name }) => name)).toEqual(['b']);
    expect(chosen!.across.map(({ name }) => name)).toEqual(['a']);
    expect(chosenAxes(batch, { down: ['gone'], across: [] })).toEqual(bestAxes(batch));
  });

  test('have the cells in the order of the matrix, and runs without a value in their own line', () => {
    const batch = batchWith([
      ...product({ style: ['oil', 'anime'], seed: ['9', '10'] }),
      { seed: '9' },
    ]);
    const axes = chosenAxes(batch, { down: ['style'], across: ['seed'] })!;
    const { rows, columns, runsAt } = cellsOf(batch.runs, axes);
    expect(rows).toEqual([['oil'], ['anime'], [null]]);
    expect(columns).toEqual([['9'], ['10']]);
    expect(runsAt(['anime'], ['10']).map(({ index }) => index)).toEqual([3]);
    expect(runsAt([null], ['10'])).toEqual([]);
  });
});
