import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { junitXml } from '../../src/report/files/junit.js';
import type { BatchReport } from '../../src/report/model.js';
import { xmlDocument } from '../../src/report/files/xml.js';
import {
  began,
  failed,
  outOfMemory,
  plannedRun,
  record,
  reportOf,
  taskId,
  unknown,
} from './sample.js';
import { readXml } from './xml.js';

const xmlOf = (report: BatchReport): string => [...junitXml(report)].join('');

const report = reportOf([
  [plannedRun(0), record(0)],
  [plannedRun(1), record(1, failed(1))],
  [plannedRun(2), record(2, unknown())],
  [plannedRun(3, { row: null }), undefined],
]);

describe('junit.xml', () => {
  test('has one test case per run, with file, line and outcome', () => {
    const root = readXml(xmlOf(report));
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

  test('a failure tells node, reason, row and traceback', () => {
    const root = readXml(xmlOf(report));
    const failure = root.children[0]!.children[1]!.children.at(-1)!;
    expect(failure.attributes).toEqual({
      message: 'node 3: CUDA out of memory (805)',
      type: 'task',
    });
    expect(failure.text).toContain('prompts.csv:3');
    expect(failure.text).toContain('OutOfMemoryError');
  });

  test('is well-formed for any text', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(']]>', '</testcase>', '\u0000\ud800', '\u001b[31mred', '&lt;&#0;', '"\n\t\''),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, message) => {
        const error = { ...outOfMemory, message, traceback: `${name}${message}` };
        const file = { file: name, line: 3 };
        const run = plannedRun(0, { name, row: file });
        for (const more of [failed(0, error), unknown(message), {}]) {
          const xml = xmlOf(reportOf([[run, record(0, more)]], { name: message }));
          expect(readXml(xml).children[0]?.children).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  const schema = readFileSync(new URL('../../schemas/junit.xsd', import.meta.url), 'utf8');
  const check = async (xml: string): Promise<readonly string[]> =>
    (
      await validateXML({
        xml: [{ fileName: 'junit.xml', contents: xml }],
        schema: [{ fileName: 'junit.xsd', contents: schema }],
      })
    ).errors.map(({ message }) => message);

  test('is valid by its schema, for every outcome and hostile text, by another reader', async () => {
    const hostile = ']]></failure><testcase name="x"/>\u0000\ud800\u001b[31m&#0;"狐狸\n';
    const error = { ...outOfMemory, message: hostile, traceback: hostile };
    const cancelled = { is: 'cancelled', taskId: taskId(5), by: 'timeout', at: began } as const;
    const all = reportOf(
      [
        [plannedRun(0), record(0)],
        [plannedRun(1, { name: hostile }), record(1, failed(1, error))],
        [plannedRun(2), record(2, unknown(hostile))],
        [plannedRun(3, { row: null }), undefined],
        [plannedRun(4, { row: { file: hostile, line: 7 } }), undefined],
        [plannedRun(5), record(5, { state: cancelled })],
      ],
      { name: hostile },
    );
    expect(await check(xmlOf(all))).toEqual([]);
    expect(await check(xmlOf(reportOf([], { startedAt: null })))).toEqual([]);
    const wrong = xmlOf(all).replace('<failure ', '<faillure ');
    expect(await check(wrong)).not.toEqual([]);
  });
});

describe('XML', () => {
  /** What XML 1.0 can hold of a text: no control characters, no half of a character. */
  const held = (text: string): string =>
    Array.from(text)
      .filter(
        (letter) =>
          !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u.test(letter),
      )
      .join('');
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from('<>&"\'\r\n\t ]!-[CDATA\u0000\u0007\ud83e\udd8a\ufffe\u0085\u2028'),
      ),
    }),
  );
  const written = (text: string): string =>
    [
      ...xmlDocument({
        name: 'all',
        content: [{ name: 'one', attributes: { text, none: null }, content: text }],
      }),
    ].join('');

  test('has every text to the letter, but for what XML cannot hold', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [one] = readXml(written(text)).children;
        expect(one).toMatchObject({ attributes: { text: held(text) }, text: held(text) });
        expect(one!.attributes).not.toHaveProperty('none');
      }),
      { numRuns: 1000 },
    );
  });

  test('is read by another reader', async () => {
    const samples = [...fc.sample(texts, 40), ']]>', '\u0000\ud800\u001b[31m', '&#0;', '<!--'];
    const xml = samples.map((text, at) => ({ fileName: `${at}.xml`, contents: written(text) }));
    const { valid, errors } = await validateXML({ xml, normalization: 'format' });
    expect(errors).toEqual([]);
    expect(valid).toBe(true);
  });

  test('comes in pieces, so that thousands of runs need no single string', () => {
    const runs = Array.from({ length: 500 }, (_, at) => [plannedRun(at), record(at)] as const);
    expect([...junitXml(reportOf(runs))].length).toBeGreaterThan(500);
  });
});
