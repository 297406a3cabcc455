import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountMore, compareBatches, pairRuns } from '../../src/report/compare/compare.js';
import { comparisonText } from '../../src/report/compare/compare-words.js';
import { readResults, readSummary } from '../../src/report/compare/earlier.js';
import { resultsJsonl } from '../../src/report/files/jsonl.js';
import type { ReportRun } from '../../src/report/model.js';
import { summaryJson } from '../../src/report/files/summary.js';
import {
  began,
  cost,
  failed,
  plainReport,
  plannedRun,
  record,
  reportOf,
  runId,
  saved,
  unknown,
} from './sample.js';

const plain = plainReport(1).runs[0]!;

/** A run that succeeded with one output of this content. */
const run = (
  id: number,
  name: string,
  content = 'ab',
  more: Partial<ReportRun> = {},
): ReportRun => ({
  ...plain,
  id: runId(id),
  name,
  outputs: plain.outputs.map((output) => ({ ...output, sha256: content.repeat(32) })),
  ...more,
});

const fault = (message: string): Partial<ReportRun> => ({
  status: 'failed',
  outputs: [],
  error: { class: 'task', code: '805', message, node: '3', field: null, traceback: null },
});

const told = (before: readonly ReportRun[], after: readonly ReportRun[]) =>
  pairRuns(before, after).map((pair) => [
    pair.verdict,
    pair.before?.name ?? null,
    pair.after?.name ?? null,
    'matchedBy' in pair ? pair.matchedBy : null,
  ]);

test('a line that is no result is told by its number, blank lines or not', () => {
  const line = [...resultsJsonl(plainReport(1))].join('').trim();
  expect(readResults(`\n${line}\n\n${line}`)).toMatchObject({ ok: true, runs: [{}, {}] });
  expect(readResults(`\n${line}\n\nx\n`)).toMatchObject({ ok: false, line: 4 });
});

test('a file whose runs share no variables does not make a page of all times all', () => {
  const { values: _, ...line } = JSON.parse([...resultsJsonl(plainReport(1))].join('')) as {
    values: unknown;
  };
  const text = Array.from({ length: 1001 }, (_run, n) =>
    JSON.stringify({ ...line, values: { [`v${n}`]: 'x' } }),
  );
  expect(readResults(text.slice(1).join('\n'))).toMatchObject({ ok: true });
  expect(readResults(text.join('\n'))).toMatchObject({ ok: false, line: 1001 });
});

describe('which run of before is which of now', () => {
  test('equal inputs are the same run, whatever it is called now', () => {
    expect(told([run(1, 'a'), run(2, 'b')], [run(2, 'a'), run(1, 'b')])).toEqual([
      ['same', 'b', 'a', 'id'],
      ['same', 'a', 'b', 'id'],
    ]);
  });

  test('an equal name is the same run with other inputs', () => {
    expect(told([run(1, 'a')], [run(9, 'a', 'cd')])).toEqual([['changed', 'a', 'a', 'name']]);
  });

  test('twins have one id: the one of the same name is the same', () => {
    expect(told([run(1, 'a'), run(1, 'b')], [run(1, 'b'), run(1, 'c'), run(1, 'd')])).toEqual([
      ['same', 'b', 'b', 'id'],
      ['same', 'a', 'c', 'id'],
      ['added', null, 'd', null],
    ]);
  });

  test('what is left was added or removed', () => {
    expect(told([run(1, 'a')], [run(2, 'b')])).toEqual([
      ['added', null, 'b', null],
      ['removed', 'a', null, null],
    ]);
  });

  test('verdicts: bytes of the outputs, and whether it succeeded', () => {
    const verdict = (before: Partial<ReportRun>, after: Partial<ReportRun>) =>
      pairRuns([run(1, 'a', 'ab', before)], [run(1, 'a', 'ab', after)])[0]?.verdict;
    expect(verdict({}, {})).toBe('same');
    expect(verdict({}, { outputs: run(1, 'a', 'cd').outputs })).toBe('changed');
    expect(verdict({}, { outputs: [] })).toBe('changed');
    expect(verdict({}, fault('out of memory'))).toBe('worse');
    expect(verdict(fault('out of memory'), {})).toBe('better');
    expect(verdict(fault('out of memory'), fault('out of memory'))).toBe('same');
    expect(verdict(fault('out of memory'), fault('wrong size'))).toBe('changed');
    expect(verdict({}, { status: 'pending', outputs: [] })).toBe('worse');
    // Time and cost alone are no change of the result.
    expect(verdict({}, { runMs: 1, cost: cost({ coins: '99' }) })).toBe('same');
  });

  const runs = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean())
      .map(([id, name, good]) => run(id, name, 'ab', good ? {} : fault('x'))),
    { maxLength: 12 },
  );

  test('every run is in exactly one pair, those of now in their order', () => {
    fc.assert(
      fc.property(runs, runs, (before, after) => {
        const pairs = pairRuns(before, after);
        const sides = (side: 'before' | 'after') =>
          pairs.map((pair) => pair[side]).filter((one) => one !== null);
        expect(sides('after')).toEqual(after);
        expect(new Set(sides('before'))).toEqual(new Set(before));
        expect(sides('before')).toHaveLength(before.length);
      }),
    );
  });

  test('no id is left on both sides, and no name', () => {
    fc.assert(
      fc.property(runs, runs, (before, after) => {
        const pairs = pairRuns(before, after);
        const added = pairs.filter(({ verdict }) => verdict === 'added').map((pair) => pair.after);
        const gone = pairs
          .filter(({ verdict }) => verdict === 'removed')
          .map((pair) => pair.before);
        for (const one of added)
          for (const other of gone) {
            expect(one?.id).not.toBe(other?.id);
            expect(one?.name).not.toBe(other?.name);
          }
      }),
    );
  });

  test('a batch compared with itself is the same', () => {
    fc.assert(
      fc.property(runs, (same) => {
        expect(pairRuns(same, same).every(({ verdict }) => verdict === 'same')).toBe(true);
      }),
    );
  });
});

describe('sums', () => {
  const of = (before: readonly ReportRun[], after: readonly ReportRun[]) =>
    compareBatches(
      { shown: 'out/old', name: 'x', target: '1', startedAt: began, runs: before },
      after,
    );

  test('are exact, and say what is more than before', () => {
    expect(amountMore('0.1', '0.3')).toBe('0.2');
    expect(amountMore('3', '1')).toBe('-2');
    expect(amountMore(null, '1')).toBeNull();
    const compared = of(
      [run(1, 'a', 'ab', { cost: cost({ coins: '0.1' }), runMs: 60_000 })],
      [run(1, 'a', 'ab', { cost: cost({ coins: '0.3' }), runMs: 31_000 }), run(2, 'b')],
    );
    expect(comparisonText(compared)).toBe(
      'compared with out/old, 2026-11-24 05:00 UTC: 1 added, 1 the same · 12.3 coins (+12.2) · 1m 02s of run time (+2s)',
    );
    expect(JSON.parse(summaryJson(plainReport(1), compared))).toMatchObject({
      version: 1,
      comparison: {
        before: { dir: 'out/old', startedAt: '2026-11-24T05:00:00.000Z' },
        counts: { added: 1, same: 1, removed: 0 },
        cost: { before: { coins: 0.1 }, after: { coins: 12.3 } },
        runs: [{ verdict: 'added', before: null, after: { name: 'b' } }],
      },
    });
  });
});

describe('results of before', () => {
  test('are read back as they were written, but for tags and what only the journal knows', () => {
    const report = reportOf([
      [plannedRun(0, { name: 'a\u2028"</script>' }), record(0)],
      [plannedRun(1), record(1, failed(1))],
      [plannedRun(2), record(2, unknown())],
      [plannedRun(3), undefined],
      [plannedRun(4), record(4, { state: saved(4, ['a.png', 'b.mp4']) })],
    ]);
    const read = readResults([...resultsJsonl(report)].join(''));
    expect(read.ok && [...resultsJsonl({ ...report, runs: read.runs })].join('')).toBe(
      [...resultsJsonl(report)]
        .join('')
        .replaceAll('"class":"task"', '"class":"local"')
        .replaceAll('"class":"lost"', '"class":"local"'),
    );
    expect(
      read.ok && pairRuns(read.runs, report.runs).every(({ verdict }) => verdict === 'same'),
    ).toBe(true);
    expect(readSummary(summaryJson(report))).toEqual({
      name: 'hero-shots',
      target: '1980237776367083521',
      startedAt: began,
    });
  });

  test.each([
    ['{', 1],
    ['\n[]', 2],
    ['{"id":"x"}', 1],
    ['{"id":"3f9c0a1b3f9c0a1b","name":"a","status":"odd","index":0}', 1],
    ['{"id":"3f9c0a1b3f9c0a1b","name":"a","status":"failed"}', 1],
  ])('%j is refused', (text, line) => {
    expect(readResults(text)).toMatchObject({ ok: false, line });
  });

  test('never throw, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.json()).map((all) => all.join('\n')),
        ),
        (text) => {
          readResults(text);
          readSummary(text);
        },
      ),
    );
    const odd = { id: runId(1), name: 'a', status: 'succeeded', index: 0 };
    for (const [key, value] of Object.entries({
      values: [1],
      overrides: [{}, 7],
      outputs: [null, {}],
      error: 'x',
      row: [],
      coins: 'x',
      submittedAt: 'no',
    }))
      expect(readResults(JSON.stringify({ ...odd, [key]: value })).ok, key).toBe(true);
  });
});
