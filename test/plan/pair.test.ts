import { expect, test } from 'vitest';
import type { RunInputs } from '../../src/journal/event.js';
import type { RunRecord } from '../../src/journal/state.js';
import { Predecessors } from '../../src/plan/pair.js';
import { attempt, inputs, record, runId, text } from './history.js';

/** New runs, given as seed → inputs, joined with what they were. */
const pairs = (
  orphans: readonly RunRecord[],
  runs: readonly [number, Partial<RunInputs>][],
  named = false,
): Record<number, number> => {
  const predecessors = new Predecessors(orphans);
  for (const [seed, more] of runs) predecessors.ask(runId(seed), inputs(more), named);
  return Object.fromEntries(
    [...predecessors.matches()].map(([id, { id: earlier }]) => [
      Number.parseInt(id, 16),
      Number.parseInt(earlier, 16),
    ]),
  );
};

const was = (seed: number, more: Partial<RunInputs>, intentAt = 1000): RunRecord =>
  record(seed, { inputs: inputs(more), attempts: [attempt({ intentAt })] });

const cat = [text('6', 'a cat')];
const dog = [text('6', 'a dog')];
const row = (line: number) => ({ file: 'p.csv', line });

test('the same inputs on a changed graph, also with other node ids and in another row', () => {
  const orphans = [was(1, { overrides: cat, index: 0 }), was(2, { overrides: dog, index: 1 })];
  expect(
    pairs(orphans, [
      [11, { overrides: [text('60', 'a dog')], index: 0 }],
      [12, { overrides: [text('60', 'a cat')], index: 1 }],
    ]),
  ).toEqual({ 11: 2, 12: 1 });
});

test('the same file with other bytes', () => {
  const image = (asset: string) => [text('10', 'a.png', { class: 'LoadImage', asset })];
  expect(
    pairs([was(1, { overrides: image('aa'), index: 7 })], [[11, { overrides: image('bb') }]]),
  ).toEqual({ 11: 1 });
});

test('the name that a person gave', () => {
  const orphans = [was(1, { name: 'fox', overrides: cat, index: 5 })];
  expect(pairs(orphans, [[11, { name: 'fox', overrides: dog, index: 9 }]], true)).toEqual({
    11: 1,
  });
  expect(pairs(orphans, [[11, { name: 'fox', overrides: dog, index: 9 }]], false)).toEqual({});
});

test('the row of the table, and within it the combination that is most alike', () => {
  const orphans = [
    was(1, { row: row(2), values: { p: 'cat', style: 'oil' }, overrides: cat, index: 100 }),
    was(2, { row: row(2), values: { p: 'cat', style: 'ink' }, overrides: cat, index: 101 }),
    was(3, { row: row(3), values: { p: 'hen', style: 'oil' }, overrides: cat, index: 102 }),
  ];
  expect(
    pairs(orphans, [
      [11, { row: row(2), values: { p: 'dog', style: 'ink' }, overrides: dog, index: 0 }],
      [12, { row: row(2), values: { p: 'dog', style: 'oil' }, overrides: dog, index: 1 }],
    ]),
  ).toEqual({ 11: 2, 12: 1 });
});

test('the place in the expansion, where nothing better is known', () => {
  expect(pairs([was(1, { index: 3 })], [[11, { index: 3, overrides: dog }]])).toEqual({ 11: 1 });
  expect(pairs([was(1, { index: 3 })], [[11, { index: 4, overrides: dog }]])).toEqual({});
});

test('a predecessor serves once, and the surest way goes first whatever the order', () => {
  const orphans = [was(1, { overrides: cat, index: 0 })];
  expect(
    pairs(orphans, [
      [11, { overrides: dog, index: 0 }],
      [12, { overrides: cat, index: 1 }],
    ]),
  ).toEqual({ 12: 1 });
});

test('of several generations the latest', () => {
  const orphans = [
    was(1, { index: 0 }, 1000),
    was(2, { index: 0 }, 3000),
    was(3, { index: 0 }, 2000),
  ];
  expect(pairs(orphans, [[11, { index: 0, overrides: dog }]])).toEqual({ 11: 2 });
});

test('what the service never accepted was nobody’s predecessor', () => {
  const never = record(1, { state: { is: 'pending', last: null }, failures: 0 });
  expect(pairs([never], [[11, { overrides: dog }]])).toEqual({});
});
