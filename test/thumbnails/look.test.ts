import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookDistance, lookForm, lookOf } from '../../src/thumbnails/look.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const looks = fc.tuple(bytes(72), bytes(3)).map(([greys, mean]) => lookOf(greys, mean)!);

test('a look is 22 hex digits, however the greys are told', () => {
  fc.assert(
    fc.property(bytes(72), bytes(3), (greys, mean) => {
      const look = lookOf(greys, mean);
      expect(look).toMatch(new RegExp(`^${lookForm}$`));
      const thrice = Uint8Array.from([...greys].flatMap((grey) => [grey, grey, grey]));
      expect(lookOf(thrice, mean)).toBe(look);
    }),
  );
  expect(lookOf(new Uint8Array(71), new Uint8Array(3))).toBeNull();
  expect(lookOf(new Uint8Array(72), new Uint8Array(1))).toBeNull();
  expect(lookOf(new Uint8Array(0), new Uint8Array(3))).toBeNull();
});

test('the distance of looks is none of equal ones, the same both ways, and at most 1', () => {
  fc.assert(
    fc.property(looks, looks, (a, b) => {
      const distance = lookDistance(a, b);
      expect(lookDistance(b, a)).toBe(distance);
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(1);
    }),
  );
  expect(lookDistance('0'.repeat(22), 'f'.repeat(22))).toBe(1);
});
