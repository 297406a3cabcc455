import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/report/page/batch.js';
import { captionsOf, toldOf } from '../../../src/report/page/captions/captions.js';
import { compareValues } from '../../../src/report/page/values/order.js';
import { choose, newView } from '../../../src/report/page/view.js';
import type { Values } from './batch-of.js';
import { batchWith } from './batch-of.js';

const prompts = ['a red fox in the snow', 'a blue heron at dawn'];
const rows: readonly Values[] = prompts.flatMap((prompt) =>
  ['anime', 'oil'].map((style) => ({ prompt, style, cfg: '7' })),
);
/** Each run has a seed that no variable holds, and the prompt again in another text. */
const sent = rows.map(({ prompt = '', style = '' }, at) => ({
  text: `${prompt}, ${style}`,
  seed: String(100 + at),
  steps: '20',
}));

const namesOf = (batch: Batch, places: readonly number[], chosen: string[] | null = null) => {
  const shown = batch.runs.filter(({ index }) => places.includes(index));
  const { prompt, others } = captionsOf(batch, shown, chosen);
  return [prompt?.name ?? null, ...others.map(({ name }) => name)];
};

describe('captions', () => {
  const batch = batchWith(rows, sent);

  test('tell the values that differ within what is shown, the seed included', () => {
    expect(namesOf(batch, [0, 1, 2, 3])).toEqual(['prompt', 'style', 'KSampler.seed']);
    expect(namesOf(batch, [0, 1])).toEqual([null, 'style', 'KSampler.seed']);
    expect(namesOf(batch, [1, 3])).toEqual(['prompt', 'KSampler.seed']);
  });

  test('tell of a single picture what differs in the whole batch', () => {
    expect(namesOf(batch, [2])).toEqual(['prompt', 'style', 'KSampler.seed']);
  });

  test('tell what was chosen', () => {
    expect(namesOf(batch, [0, 1], ['cfg', 'KSampler.steps'])).toEqual([
      null,
      'cfg',
      'KSampler.steps',
    ]);
    expect(namesOf(batch, [0, 1], [])).toEqual([null]);
  });

  test('name a value by its last part where that is enough, and cut a long one', () => {
    const both = batchWith(
      ['x', 'y'].map((one) => ({
        'a.seed': one,
        'b.seed': `${one}2`,
        style: one.repeat(99),
        prompt: one.repeat(200),
      })),
    );
    const told = toldOf(captionsOf(both, both.runs, null), both.runs[0]!);
    expect(told.map(({ name }) => name)).toEqual(['a.seed', 'b.seed', 'style']);
    expect(told[2]!.value.length).toBeLessThan(50);
  });
});

describe('the order by a value', () => {
  const seeds = ['10', '9', '18446744073709551615', '18446744073709551614', 'none', '-1'];
  const batch = batchWith([...seeds.map((seed) => ({ seed })), {}]);
  const sorted = (sort: string): readonly (string | null)[] => {
    const view = { ...newView(batch), sort };
    choose(view, batch, []);
    return view.runs.map(({ values }) => values[0] ?? null);
  };

  test('is by size for numbers, digit for digit, with what has none at the end', () => {
    const up = ['-1', '9', '10', '18446744073709551614', '18446744073709551615', 'none'];
    expect(sorted('up:seed')).toEqual([...up, null]);
    expect(sorted('down:seed')).toEqual([...up.reverse(), null]);
  });

  test('of a value that is gone is the order of the matrix', () => {
    expect(sorted('up:nothing')).toEqual([...seeds, null]);
  });

  test('contradicts itself for no three values', () => {
    const value = fc.oneof(
      fc.constantFrom('1', '1.0', '01', '1e0', '-1', '.5', '2', 'a', 'b10', 'b9', ''),
      fc.bigInt(0n, 2n ** 64n).map(String),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
