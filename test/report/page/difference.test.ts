import { expect, test } from 'vitest';
import { pageJson } from '../../../src/report/html/data.js';
import type { PageData } from '../../../src/report/html/page-data.js';
import { compareBatches } from '../../../src/report/compare/compare.js';
import { makeBatch } from '../../../src/report/page/batch.js';
import { differenceText } from '../../../src/report/page/values/difference.js';
import { choose, newView, shownItems } from '../../../src/report/page/view.js';
import { thumbnailName } from '../../../src/thumbnails/folder.js';
import { began, failed, plannedRun, record, reportOf, saved } from '../sample.js';

/** A run with one picture of this content. */
const run = (index: number, content: string) => {
  const state = saved(index, [`${index}.png`]);
  if (state.is !== 'succeeded') throw new Error(state.is);
  const files = state.files.map((file) => ({ ...file, sha256: content.repeat(16) }));
  return [plannedRun(index), record(index, { state: { ...state, files } })] as const;
};
const before = 'aaaa';
/** Content → how it looks. */
const looks = new Map([
  [before, '0'.repeat(22)],
  ['bbbb', '0'.repeat(16) + '0a0a0a'],
  ['cccc', 'f'.repeat(16) + 'ffffff'],
  ['dddd', '0f'.repeat(8) + '000000'],
]);
const thumbnails = new Map(
  [...looks].map(([content, look]) => [
    content.repeat(4),
    `.thumbnails/${thumbnailName(content.repeat(16), look)}`,
  ]),
);

test('changes are sorted by how different the pictures look, within what matters', () => {
  const earlier = reportOf([0, 1, 2, 3, 4, 5].map((index) => run(index, before)));
  const now = reportOf([
    run(0, before),
    run(1, 'bbbb'),
    run(2, 'eeee'),
    run(3, 'cccc'),
    run(4, 'dddd'),
    [plannedRun(5), record(5, failed(5))],
  ]);
  const earlierBatch = {
    shown: 'old',
    name: null,
    target: null,
    startedAt: began,
    runs: earlier.runs,
  };
  const comparison = compareBatches(earlierBatch, now.runs);
  const { before: head, runs, after } = pageJson(now, { comparison, thumbnails });
  const batch = makeBatch(JSON.parse([...head(), ...runs(), ...after()].join('')) as PageData);
  const view = newView(batch);
  choose(view, batch, []);
  const told = () =>
    shownItems(view).map((item) =>
      item.is === 'pair' ? [item.after?.index, item.verdict, differenceText(item)] : [],
    );
  expect(told()).toEqual([
    [5, 'worse', null],
    [3, 'changed', 'looks 100 % different'],
    [4, 'changed', 'looks 38 % different'],
    [1, 'changed', 'looks the same'],
    // No thumbnail of it.
    [2, 'changed', null],
    [0, 'same', null],
  ]);
  view.pairSort = 'looks';
  choose(view, batch, []);
  expect(told().map(([index]) => index)).toEqual([3, 4, 1, 0, 2, 5]);
});
