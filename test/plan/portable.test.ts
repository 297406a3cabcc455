import fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cutBytes, folded, portable } from '../../src/plan/names/portable.js';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom(
      ...Array.from('./\\:*?"<>| \u0000\u001f\u007f\u202eaéＡ字😀cC'),
      'con',
      'nul',
      '..',
      '\ud800',
      '\r\n',
    ),
    maxLength: 90,
  }),
);

describe('a name from any text', () => {
  test.each([
    ['red-fox', 'red-fox'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['..', '_'],
    ['.', '_'],
    ['', '_'],
    ['   ', '_'],
    ['a/b\\c', 'a_b_c'],
    ['C:\\x', 'C__x'],
    ['what? "this" <is> a|b*', 'what_ _this_ _is_ a_b_'],
    ['name. . ', 'name'],
    ['con', '_con'],
    ['CON.png', '_CON.png'],
    ['nul .txt', '_nul .txt'],
    ['com1', '_com1'],
    ['lpt².log', '_lpt².log'],
    ['console.png', 'console.png'],
    ['a\u0000b\nc', 'a_b_c'],
    ['e\u0301te\u0301', 'été'],
    ['一只红狐.png', '一只红狐.png'],
    ['lone \ud83d half', 'lone _ half'],
    ['$(rm -rf ~)', '$(rm -rf ~)'],
  ])('%j becomes %j', (text, name) => {
    expect(portable(text)).toBe(name);
  });

  test('is one part of a path on Linux and on Windows, of 120 bytes at most', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const name = portable(text);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
        expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Surrogate}]/u);
        expect(name).not.toMatch(/^\s|[\s.]$/u);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/iu);
        expect(name).not.toBe('');
        for (const rules of [posix, win32])
          expect(rules.basename(rules.join('out', name))).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  test('stays as it is once it is portable', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(portable(portable(text))).toBe(portable(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('too long: keeps its ending, and different texts stay different', () => {
    const one = portable(`${'字'.repeat(100)}1.png`);
    const two = portable(`${'字'.repeat(100)}2.png`);
    expect(one).toMatch(/^字+-[0-9a-f]{8}\.png$/);
    expect(one).not.toBe(two);
    expect(Buffer.byteLength(one)).toBeGreaterThan(110);
  });

  test('a name in another case or composition is the same name', () => {
    expect(folded('ÉTÉ')).toBe(folded('e\u0301te\u0301'));
    expect(folded('a')).not.toBe(folded('b'));
  });
});

test('text is cut on whole code points', () => {
  expect(cutBytes('a😀b', 4)).toBe('a');
  expect(cutBytes('a😀b', 5)).toBe('a😀');
  expect(cutBytes('abc', 9)).toBe('abc');
});
