import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Patterns } from '../../src/plan/select/selection.js';
import { projects } from '../support/opened.js';
import { runId } from '../report/sample.js';

const project = projects();
const fits = (pattern: string, name: string): boolean =>
  new Patterns([pattern]).fits({ id: runId(0), name });

describe('patterns', () => {
  test.each([
    ['0001-a-fox', '0001-a-fox', true],
    ['*-a-*', '0001-a-fox', true],
    ['0001-a-fo?', '0001-a-fox', true],
    ['0001', '0001-a-fox', false],
    ['a.b', 'axb', false],
    ['狐?', '狐狸', true],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  test('every name is found by itself, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        expect(fits(name.normalize('NFC'), name.normalize('NFC'))).toBe(true);
      }),
    );
  });
});

test('--only and --force take the names that plan shows', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2, 3] }' });
  const { runs } = await p.plan();
  const name = runs[1]?.name ?? '';
  expect(name).toContain('-');
  expect((await p.plan('--only', name)).runs.map((run) => run.name)).toEqual([name]);
  await p.apply();
  expect((await p.plan(`--force=${name}`)).summary).toMatchObject({ upToDate: 2, new: 1 });
});

test('--failed reports the runs that it tried again, those that now succeeded too', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3] }\nexecution: { retries: 0 }',
    // One submit is refused: no task of it exists.
    emulator: { faults: [{ endpoint: 'create', kind: 'code', code: 803, after: 1, next: 1 }] },
  });
  expect((await p.apply()).exit).toBe(1);
  expect((await p.plan('--failed')).runs).toHaveLength(1);
  const again = await p.apply('--failed');
  expect(again, again.err).toMatchObject({ exit: 0 });
  expect(again.out).toContain('1 of 1 run succeeded');
  expect(p.summary()).toMatchObject({
    counts: { total: 3, succeeded: 3, reused: 2 },
    thisApply: { total: 1, succeeded: 1, reused: 0 },
    submits: 1,
  });
});
