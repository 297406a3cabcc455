import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, readAddress } from '../../../src/report/page/address/address.js';
import type { View } from '../../../src/report/page/view.js';
import { newView } from '../../../src/report/page/view.js';
import { batchWith } from './batch-of.js';

const batch = batchWith(
  ['anime', 'oil & ink', '水乡', 'a=b', 'half \ud800'].map((style, at) => ({
    style,
    'x=y': String(at % 2),
  })),
);

const changed = (more: Partial<View>): View => ({ ...newView(batch), ...more });
const choice = (at: number, value: string) => ({ group: batch.variables[at]!, at, value });

/** What the page shows after this address was opened elsewhere. */
const after = (hash: string): { readonly view: View; readonly opened: unknown } => {
  const view = newView(batch);
  return { opened: readAddress(hash, view, batch), view };
};

describe('the address of the page', () => {
  test('of what it is opened with is empty', () => {
    expect(addressOf(newView(batch), batch, null)).toBe('#');
  });

  test.each<[string, Partial<View>]>([
    ['another view', { mode: 'timeline' }],
    ['a search', { text: 'style="oil & ink" or 水乡 +5 %23' }],
    ['an order', { sort: 'dear' }],
    ['an order by a value', { sort: 'down:x=y' }],
    ['a size', { size: 'l' }],
    ['statuses', { statuses: new Set(['failed', 'unknown'] as const) }],
    ['this apply', { thisApply: true }],
    ['values', { choices: [choice(0, 'oil & ink'), choice(0, 'a=b'), choice(1, '1')] }],
    ['half a character', { choices: [choice(0, 'half \ud800')] }],
    ['tags', { choices: [choice(0, 'anime'), { group: 'tag', at: 'tag', value: 'hero' }] }],
    ['captions', { captions: ['x=y'] }],
    ['the axes of the grid', { mode: 'grid', axes: { down: ['x=y'], across: ['style'] } }],
    ['no captions', { captions: [] }],
  ])('holds %s', (_, more) => {
    const view = changed(more);
    expect(after(addressOf(view, batch, null))).toEqual({ view, opened: null });
  });

  test('holds the open picture and its output', () => {
    const opened = { name: '0001-run', output: 2 };
    const address = addressOf(changed({ text: 'oil' }), batch, opened);
    expect(address).toBe('#run=0001-run&output=3&q=oil');
    expect(after(address)).toEqual({ view: changed({ text: 'oil' }), opened });
  });

  test('takes back what it no longer says', () => {
    const view = changed({ text: 'x', mode: 'list', statuses: new Set(['failed'] as const) });
    readAddress('#', view, batch);
    expect(view).toEqual(newView(batch));
  });

  test('that is spoilt, or of another batch, opens the page all the same', () => {
    const spoilt = '#view=changes&sort=up:gone&size=xxl&status=fine&where=gone=1&captions=gone';
    expect(after(`${spoilt}&output=-1&%%%`).view).toEqual(newView(batch));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { view, opened } = after(`#${text}`);
        addressOf(view, batch, opened as null);
      }),
    );
  });

  test('holds whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(after(addressOf(changed({ text }), batch, null)).view.text).toBe(text);
      }),
    );
  });
});
