import { describe, expect, test } from 'vitest';
import type { OverrideRecord } from '../../src/journal/event.js';
import type { Side } from '../../src/plan/reasons.js';
import { differences, reasonText } from '../../src/plan/reasons.js';
import { base, text } from './history.js';

const side = (overrides: readonly OverrideRecord[], more: Partial<Side> = {}): Side => ({
  target: '1',
  inputs: { overrides, repeat: 0 },
  base: base(),
  ...more,
});

const addressOf = ({ title, class: type, field }: OverrideRecord): string =>
  `${title ?? type}.${field}`;

const words = (before: Side, now: Side): string[] =>
  differences(before, now, addressOf).map((found) =>
    reasonText(found, { file: 'api.json', target: 'workflowId' }),
  );

const image = (path: string, asset: string): OverrideRecord => ({
  node: '10',
  title: null,
  class: 'LoadImage',
  field: 'image',
  value: path,
  asset,
});

describe('why a run is made again', () => {
  test.each<[string, Side, Side, string[]]>([
    ['nothing', side([text('6', 'a cat')]), side([text('6', 'a cat')]), []],
    [
      'a cell',
      side([text('6', 'a cat')]),
      side([text('6', 'a dog')]),
      ['Positive Prompt.text "a cat" → "a dog"'],
    ],
    [
      'a field that was not set',
      side([]),
      side([text('6', 'a dog')]),
      ['Positive Prompt.text "a photo" → "a dog"'],
    ],
    [
      'a field that is no longer set',
      side([text('6', 'a dog')]),
      side([]),
      ['Positive Prompt.text "a dog" → "a photo"'],
    ],
    ['a field set to its base value', side([]), side([text('6', 'a photo')]), []],
    [
      'the bytes of a file',
      side([image('cats/a.png', '1a2b3c')]),
      side([image('cats/a.png', '9c8d7e')]),
      ['cats/a.png changed: 1a2b… → 9c8d…'],
    ],
    ['the name of a file', side([image('a.png', '1a2b')]), side([image('b.png', '1a2b')]), []],
    [
      'another file',
      side([image('a.png', '1a2b')]),
      side([image('b.png', '9c8d')]),
      ['LoadImage.image a.png → b.png'],
    ],
    [
      'a literal of the graph',
      side([]),
      side([], { base: base({ fields: { ...base().fields, 'KSampler.steps': '30' } }) }),
      ['KSampler.steps 20 → 30 in api.json'],
    ],
    [
      'a literal that the run sets anyway',
      side([text('6', 'a dog')]),
      side([text('6', 'a dog')], {
        base: base({ fields: { ...base().fields, 'Positive Prompt.text': '"other"' } }),
      }),
      [],
    ],
    [
      'a new literal',
      side([]),
      side([], { base: base({ fields: { ...base().fields, 'KSampler.cfg': '7' } }) }),
      ['KSampler.cfg is new in api.json: 7'],
    ],
    [
      'the wiring',
      side([]),
      side([], { base: base({ wiring: 'w2' }) }),
      ['wiring of api.json changed'],
    ],
    [
      'the machine',
      side([]),
      side([], { base: base({ instance: 'plus' }) }),
      ['instance default → plus'],
    ],
    ['the workflow', side([]), side([], { target: '2' }), ['workflowId 1 → 2']],
    [
      'leaving a seed to the service',
      side([text('3', 42, { class: 'KSampler', title: null, field: 'seed' })]),
      side([text('3', null, { class: 'KSampler', title: null, field: 'seed', asSaved: true })]),
      ['KSampler.seed 42 → as saved'],
    ],
    [
      'several things, what the user set first',
      side([text('6', 'a cat')]),
      side([text('6', 'a dog')], {
        base: base({ instance: 'plus', fields: { ...base().fields, 'KSampler.steps': '30' } }),
      }),
      [
        'Positive Prompt.text "a cat" → "a dog"',
        'KSampler.steps 20 → 30 in api.json',
        'instance default → plus',
      ],
    ],
    ['a history without its base graph', side([], { base: null }), side([]), []],
  ])('%s', (_, before, now, reasons) => {
    expect(words(before, now)).toEqual(reasons);
  });
});

test('renumbered nodes are the same nodes, also where they swapped their numbers', () => {
  const negative = { title: 'Negative Prompt' };
  const before = side([text('6', 'a cat'), text('7', 'blurry', negative)]);
  const now = side([text('7', 'a dog'), text('6', 'blurry', negative)]);
  expect(words(before, now)).toEqual(['Positive Prompt.text "a cat" → "a dog"']);
});

test('a long text is cut where it differs', () => {
  const head = 'masterpiece, best quality, '.repeat(10);
  const [reason = ''] = words(side([text('6', `${head}a cat`)]), side([text('6', `${head}a dog`)]));
  expect(reason).toMatch(/^Positive Prompt\.text ….*a cat" → ….*a dog"$/);
  expect(reason.length).toBeLessThan(120);
});

test('seeds beyond 2^53 that the journal keeps as text are shown as numbers', () => {
  const seed = (value: unknown) =>
    text('3', value, { class: 'KSampler', title: null, field: 'seed' });
  const known = { base: base({ fields: { 'KSampler.seed': '5' } }) };
  expect(words(side([seed('18446744073709551615')], known), side([seed(42)], known))).toEqual([
    'KSampler.seed 18446744073709551615 → 42',
  ]);
  expect(words(side([], known), side([seed('18446744073709551615')], known))).toEqual([
    'KSampler.seed 5 → 18446744073709551615',
  ]);
});
