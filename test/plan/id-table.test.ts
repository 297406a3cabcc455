import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../src/plan/id-table.js';

const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
/** Ids that share a half or the low bits, so that probing and growth are exercised. */
const alike = fc
  .tuple(fc.constantFrom('00000000', 'ffffffff', '12345678'), fc.nat({ max: 40 }))
  .map(([high, low]) => high + (low * 1024).toString(16).padStart(8, '0'));

test('holds what a Map would hold', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(hex, alike), { maxLength: 3000 }), (ids) => {
      const [table, map] = [new IdTable(), new Map<string, number>()];
      ids.forEach((id, at) => {
        expect(table.add(id, at)).toBe(map.get(id));
        if (!map.has(id)) map.set(id, at);
      });
      expect(table.size).toBe(map.size);
      for (const [id, at] of map) expect(table.get(id)).toBe(at);
      expect(table.get('0123456789abcdee')).toBe(map.get('0123456789abcdee'));
    }),
    { numRuns: 30 },
  );
});

test('indices beyond 2^32 are kept: samples are drawn from large products', () => {
  const table = new IdTable();
  table.add('00000000000000aa', 999_999_999_999);
  expect(table.get('00000000000000aa')).toBe(999_999_999_999);
});
