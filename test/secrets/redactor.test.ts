import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mask, redactor } from '../../src/edges/secrets/secret.js';
import { key } from '../support/project.js';
import { shows, spellings } from './spellings.js';

const clean = redactor([key]);

test('a key is taken out of any text, in whatever spelling it stands there', () => {
  fc.assert(
    fc.property(fc.string(), spellings(key), fc.string(), (before, spelled, after) => {
      const text = `${before} ${spelled} ${after}`;
      expect(shows(text, key)).toBe(true);
      const cleaned = clean(text);
      expect(cleaned).toContain(mask);
      expect(shows(cleaned, key)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('several spellings in one text are all taken out', () => {
  fc.assert(
    fc.property(fc.array(spellings(key), { minLength: 2, maxLength: 5 }), (all) => {
      expect(shows(clean(all.join(' and ')), key)).toBe(false);
    }),
  );
});

test('a text without the key is not touched, whatever escapes it has', () => {
  const pieces = fc.constantFrom(
    '%41',
    '\\u0061',
    '&amp;',
    '&#97;',
    '\u200b',
    '中文',
    '🦊',
    '\\',
    'a1b2',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
      const text = parts.join('');
      expect(clean(text)).toBe(text);
    }),
  );
});

test('what stands around the key stays as it is', () => {
  expect(clean(`https://host/中文 %41?sign=${key}&n=1`)).toBe(
    `https://host/中文 %41?sign=${mask}&n=1`,
  );
  expect(clean(`a%20${Array.from(key).join('%0A')}%20b`)).toBe(`a%20${mask}%20b`);
  expect(
    clean(
      `{"a":"${Array.from(key)
        .map((c) => `\\u00${c.charCodeAt(0).toString(16)}`)
        .join('')}"}`,
    ),
  ).toBe(`{"a":"${mask}"}`);
});
