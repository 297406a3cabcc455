import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  formatDecimal,
  parseDecimal,
  readNumber,
  sameNumberText,
  share,
} from '../../src/values/decimal.js';

describe('what people and programs write for a number', () => {
  test.each([
    ['42', '42', '42'],
    [' 42 ', '42', '42'],
    ['\u00a042\t', '42', '42'],
    ['+5', '5', '5'],
    ['-5', '-5', '-5'],
    ['007', '7', '7'],
    ['0', '0', '0'],
    ['000', '0', '0'],
    ['18446744073709551615', '18446744073709551615', '18446744073709551615'],
    ['1.0', '1.0', '1'],
    ['1.50', '1.50', null],
    ['.5', '0.5', null],
    ['5.', '5', '5'],
    ['-.25', '-0.25', null],
    ['1e3', '1e3', '1000'],
    ['2.5e1', '2.5e1', '25'],
    ['25e-1', '25e-1', null],
    ['1E+2', '1e+2', '100'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827', null],
  ])('%j is the number %s', (text, source, whole) => {
    expect(readNumber(text)).toEqual({ source, whole });
  });

  test.each([
    '',
    ' ',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    'abc',
    '1,5',
    '1 000',
    '1_000',
    '0x10',
    'NaN',
    'Infinity',
    '.inf',
    '--1',
    '1e999',
    '1.5e400',
    '1e-401',
    '１２',
    '1\n2',
    'true',
    '1.2.3',
  ])('%j is none', (text) => {
    expect(readNumber(text)).toBeNull();
  });

  test('every integer keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (n) => {
        expect(readNumber(n.toString())).toEqual({ source: n.toString(), whole: n.toString() });
      }),
    );
  });

  test('what comes out is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        const text = readNumber(String(n));
        expect(text === null ? null : Number(JSON.parse(text.source))).toBe(n + 0);
      }),
    );
  });
});

test.each([
  ['1.0', '1'],
  ['20', '20'],
  ['-0', '0'],
  ['0.50', '0.5'],
  ['1e2', '100'],
  ['1.25e-3', '0.00125'],
  ['no number', 'no number'],
])('the number %s is written %s wherever values are compared', (source, same) => {
  expect(sameNumberText(source)).toBe(same);
});

describe('sums of coins', () => {
  const decimal = (text: string) => parseDecimal(text) ?? expect.fail(text);

  test('are exact where doubles are not', () => {
    const sum = ['0.1', '0.2', '12', '0.7'].map(decimal).reduce(addDecimals);
    expect(formatDecimal(sum)).toBe('13');
  });

  test('text to decimal to text is the shortest form', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat({ max: 30 }), (units, scale) => {
        const text = formatDecimal({ units, scale });
        expect(formatDecimal(decimal(text))).toBe(sameNumberText(text));
        const back = decimal(text);
        expect(back.units * 10n ** BigInt(scale - back.scale)).toBe(units);
      }),
      { examples: [[-5n, 3]] },
    );
  });

  test.each([
    ['10', 3, 4, 0, '8'],
    ['10', 3, 4, 1, '7.5'],
    ['0.3', 5, 2, 1, '0.8'],
    ['408', 5, 34, 0, '60'],
  ])('%s × %i ÷ %i with %i digits is %s', (value, times, by, scale, result) => {
    expect(formatDecimal(share(decimal(value), times, by, scale))).toBe(result);
  });
});
