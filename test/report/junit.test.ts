import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { junitXml } from '../../src/report/junit.js';
import { failed, outOfMemory, plannedRun, record, reportOf, unknown } from './sample.js';
import { readXml } from './xml.js';

const report = reportOf([
  [plannedRun(0), record(0)],
  [plannedRun(1), record(1, failed(1))],
  [plannedRun(2), record(2, unknown())],
  [plannedRun(3, { row: null }), undefined],
]);

describe('junit.xml', () => {
  test('has one test case per run, with file, line and outcome', async () => {
    const root = readXml(await junitXml(report));
    expect(root.attributes).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '1' });
    const suite = root.children[0]!;
    expect(suite.attributes).toMatchObject({ name: 'hero-shots', tests: '4' });
    expect(suite.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: '0000-run', classname: 'hero-shots', file: 'prompts.csv', time: '31' },
      { name: '0001-run' },
      { name: '0002-run' },
      { name: '0003-run' },
    ]);
    expect(suite.children.map(({ children }) => children.at(-1)?.name)).toEqual([
      'system-out',
      'failure',
      'error',
      'skipped',
    ]);
    const line = suite.children[1]!.children[0]!.children[0]!.attributes;
    expect(line).toEqual({ name: 'line', value: '3' });
    expect('file' in suite.children[3]!.attributes).toBe(false);
  });

  test('a failure tells node, reason, row and traceback', async () => {
    const root = readXml(await junitXml(report));
    const failure = root.children[0]!.children[1]!.children.at(-1)!;
    expect(failure.attributes).toEqual({
      message: 'node 3: CUDA out of memory (805)',
      type: 'task',
    });
    expect(failure.text).toContain('prompts.csv:3');
    expect(failure.text).toContain('OutOfMemoryError');
  });

  test('is well-formed for any text', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(']]>', '</testcase>', '\u0000\ud800', '\u001b[31mred', '&lt;&#0;', '"\n\t\''),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (name, message) => {
        const error = { ...outOfMemory, message, traceback: `${name}${message}` };
        const file = { file: name, line: 3 };
        const run = plannedRun(0, { name, row: file });
        for (const more of [failed(0, error), unknown(message), {}]) {
          const xml = await junitXml(reportOf([[run, record(0, more)]], { name: message }));
          expect(readXml(xml).children[0]?.children).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
