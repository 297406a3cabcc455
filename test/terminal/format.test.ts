import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { painter, wantsColour } from '../../src/terminal/colour.js';
import {
  clip,
  count,
  duration,
  fileSize,
  fit,
  oneLine,
  roughDuration,
  shortDecimal,
  widthOf,
} from '../../src/terminal/format.js';

describe('text', () => {
  test('clip keeps what fits and never exceeds the width, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 0, max: 30 }),
        (text, width) => {
          const cut = clip(text, width);
          expect(widthOf(cut)).toBeLessThanOrEqual(width);
          if (widthOf(text) <= width && width > 0) expect(cut).toBe(text);
          expect(widthOf(fit(text, width))).toBe(width);
        },
      ),
    );
    expect(clip('江南水乡', 6)).toBe('江南…');
    expect(clip('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 3)).toBe('👨‍👩‍👧‍👦…');
  });

  test('oneLine leaves nothing that acts on a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(`${text}\u001b[31m\n\u202e`)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u,
        );
      }),
    );
    expect(oneLine(' \u001b[1;31mred\u001b[0m\r\nnext ')).toBe('red next');
  });
});

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [31_000, '31s'],
  [59_600, '1m 00s'],
  [80_000, '1m 20s'],
  [7_500_000, '2h 05m'],
  [97_200_000, '1d 03h'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [400, '1 s'],
  [4000, '4 s'],
  [71_000, '70 s'],
  [720_000, '12 min'],
  [9_000_000, '2.5 h'],
])('about %i ms is %s', (ms, text) => {
  expect(roughDuration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [4_100_000, '4.1 MB'],
  [12_345, '12 kB'],
  [999_999, '1.0 MB'],
  [5_000_000_000_000_000, '5000 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(fileSize(bytes)).toBe(text);
});

test('counts and coins', () => {
  expect([count(1, 'run'), count(12_345, 'run'), count(0, 'run')]).toEqual([
    '1 run',
    '12,345 runs',
    '0 runs',
  ]);
  expect(['210', '0.350', '12.00', '1.239'].map(shortDecimal)).toEqual([
    '210',
    '0.35',
    '12',
    '1.23',
  ]);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  [{ TERM: 'dumb' }, true, false],
])('%j on a terminal (%s) has colour: %s', (env, isTTY, colour) => {
  expect(wantsColour(env, isTTY)).toBe(colour);
  expect(painter(env, isTTY)('error', 'x')).toBe(colour ? '\u001b[31mx\u001b[39m' : 'x');
});
