import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactJson } from '../../src/values/json-plain.js';
import { resultsJsonl } from '../../src/report/files/jsonl.js';
import type { BatchReport } from '../../src/report/model.js';
import { resultJson, summaryJson } from '../../src/report/files/summary.js';
import { JsonNumber } from '../../src/values/json.js';
import { mistakesIn } from '../contracts/schemas.js';
import {
  attempt,
  cost,
  failed,
  plainReport,
  plannedRun,
  record,
  reportOf,
  runId,
  saved,
  taskId,
  unknown,
} from './sample.js';

const schema = (name: string): object => {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const found: object = JSON.parse(readFileSync(url, 'utf8'));
  return found;
};
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const isResult = ajv.compile(schema('results'));
const isSummary = ajv.compile(schema('summary'));

const lines = (report: BatchReport): string[] =>
  [...resultsJsonl(report)].join('').split('\n').slice(0, -1);

const one = (text: string): BatchReport =>
  reportOf([
    [
      plannedRun(0, {
        name: text,
        tags: [text],
        values: new Map([[text, text]]),
        overrides: [
          { node: '6', title: text, class: text, field: text, value: { is: 'json', json: text } },
        ],
      }),
      record(0, failed(0, { ...failedError, message: text, traceback: text })),
    ],
  ]);

const failedError = {
  class: 'input',
  code: '433',
  message: 'x',
  node: '6',
  field: 'text',
  traceback: null,
} as const;

const mixed = reportOf([
  [plannedRun(0), record(0)],
  [plannedRun(1), record(1, failed(1))],
  [plannedRun(2), record(2, unknown())],
  [plannedRun(3), undefined],
  [plannedRun(4, { id: runId(0), twinOf: 0, row: null }), record(0)],
  [
    plannedRun(5, {
      overrides: [
        {
          node: '12',
          title: null,
          class: 'LoadImage',
          field: 'image',
          value: { is: 'asset', sha256: 'cd'.repeat(32), path: 'cats/a.png' },
        },
        { node: '3', title: null, class: 'KSampler', field: 'seed', value: { is: 'asSaved' } },
      ],
    }),
    record(5, {
      state: {
        is: 'fetching',
        taskId: taskId(5),
        outputs: [{ url: 'https://x.example/a.png', node: null, type: 'png', text: null }],
      },
    }),
  ],
]);

describe('results.jsonl', () => {
  test('has the shape that the schema and DESIGN 10 promise', () => {
    for (const line of lines(mixed)) {
      expect(isResult(JSON.parse(line)), JSON.stringify(isResult.errors)).toBe(true);
    }
    expect(JSON.parse(lines(mixed)[0]!)).toEqual({
      index: 0,
      id: runId(0),
      name: '0000-run',
      status: 'succeeded',
      thisApply: true,
      reused: false,
      attempts: 1,
      taskId: '1980471280073846785',
      row: { file: 'prompts.csv', line: 2 },
      values: { prompt: 'a red fox, number 0' },
      overrides: [
        {
          node: '6',
          title: 'Positive Prompt',
          class: 'CLIPTextEncode',
          field: 'text',
          value: 'a red fox, number 0',
        },
        { node: '3', title: null, class: 'KSampler', field: 'seed', value: '18446744073709551615' },
      ],
      outputs: [
        {
          path: '0000-run_00.png',
          url: 'https://files.example/0/0.png',
          node: '9',
          type: 'png',
          bytes: 12_345,
          sha256: 'ab'.repeat(32),
        },
      ],
      error: null,
      queueMs: 1200,
      runMs: 31_000,
      coins: 12,
      money: null,
      submittedAt: '2026-11-24T05:00:01.000Z',
      finishedAt: '2026-11-24T05:00:33.200Z',
      version: 1,
    });
  });

  test('the schema refuses a missing member, another version, and a task id that became a number', () => {
    const good = JSON.parse(lines(mixed)[0]!);
    const { coins: _, ...short } = good;
    for (const bad of [
      short,
      { ...good, version: 2 },
      { ...good, taskId: 1980471280073846785n.toString().length },
      { ...good, status: 'done' },
    ])
      expect(isResult(bad)).toBe(false);
    // Ours has no member that the schema does not tell; a later version's may, for readers of today.
    expect(mistakesIn(good, 'results')).toEqual([]);
    expect(mistakesIn({ ...good, extra: 1 }, 'results')).toHaveLength(1);
    expect(isResult({ ...good, extra: 1 })).toBe(true);
  });

  test('one run a line, in matrix order', () => {
    const shuffled = [3, 0, 2, 1].map((at) => [plannedRun(at), record(at)] as const);
    expect(lines(reportOf(shuffled)).map((line) => /^{"index":(\d+),/.exec(line)?.[1])).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
  });

  test('coins and money are JSON numbers with every digit', () => {
    const dear = reportOf([
      [
        plannedRun(0),
        record(0, {
          attempts: [
            attempt(0, { cost: cost({ coins: '0.10', money: '12345678901234567890.01' }) }),
            attempt(0, { cost: cost({ coins: '0.20', money: null }) }),
          ],
        }),
      ],
    ]);
    expect(lines(dear)[0]).toContain('"coins":0.3,"money":12345678901234567890.01,');
    expect(summaryJson(dear)).toContain('"coins": 0.3,\n    "money": 12345678901234567890.01,');
  });

  test('any text comes back to the letter, from one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = lines(one(text));
        expect(found).toHaveLength(1);
        const result = JSON.parse(found[0]!);
        const values: Record<string, unknown> = result.values;
        expect(Object.entries(values)).toEqual([[text, text]]);
        expect([result.name, result.overrides[0].value, result.error.message]).toEqual([
          text,
          text,
          text,
        ]);
      }),
    );
  });

  test('a column called __proto__ is a column', () => {
    expect(lines(one('__proto__'))[0]).toContain('"values":{"__proto__":"__proto__"}');
  });
});

describe('summary.json', () => {
  test('has the shape that the schema and DESIGN 10 promise', () => {
    const summary = JSON.parse(summaryJson(mixed));
    expect(isSummary(summary), JSON.stringify(isSummary.errors)).toBe(true);
    expect(summary).toEqual({
      version: 1,
      name: 'hero-shots',
      workflowId: '1980237776367083521',
      startedAt: '2026-11-24T05:00:00.000Z',
      finishedAt: '2026-11-24T05:01:20.000Z',
      durationMs: 80_000,
      exitCode: 0,
      stop: null,
      emulated: false,
      counts: {
        total: 6,
        succeeded: 2,
        reused: 0,
        failed: 1,
        cancelled: 0,
        unknown: 1,
        pending: 2,
      },
      thisApply: {
        total: 6,
        succeeded: 2,
        reused: 0,
        failed: 1,
        cancelled: 0,
        unknown: 1,
        pending: 2,
      },
      submits: 5,
      assets: { referenced: 20, unique: 2, uploaded: 2, bytes: 4_100_000 },
      outputs: { files: 1, bytes: 12_345 },
      cost: { coins: 36, money: null, taskTimeMs: 93_000 },
      requests: { create: 5, outputs: 31 },
      possibleDuplicates: [
        { index: 2, id: runId(2), name: '0002-run', why: 'the answer to the submit was cut off' },
      ],
    });
  });

  test('an apply that never came to its end has no end and no exit code', () => {
    const cut = plainReport(1, { finishedAt: null, exitCode: null });
    expect(isSummary(JSON.parse(summaryJson(cut)))).toBe(true);
    const result = JSON.parse(resultJson(cut)) as { troubles: unknown };
    expect(isSummary(result), JSON.stringify(isSummary.errors)).toBe(true);
    expect({ ...result, troubles: undefined }).toEqual(JSON.parse(summaryJson(cut)));
    expect(isSummary(JSON.parse(resultJson(mixed)))).toBe(true);
    expect(JSON.parse(summaryJson(cut))).toMatchObject({
      finishedAt: null,
      durationMs: 0,
      exitCode: null,
    });
  });

  test('no level has a member that the schema does not tell', () => {
    const good = JSON.parse(summaryJson(mixed));
    expect(mistakesIn(good, 'summary')).toEqual([]);
    for (const part of ['counts', 'assets', 'outputs', 'cost', 'requests']) {
      const more = { ...good, [part]: { ...good[part], extra: 1 } };
      expect(mistakesIn(more, 'summary'), part).toHaveLength(1);
      expect(isSummary(more), part).toBe(true);
    }
    expect(isSummary({ ...good, version: 2 })).toBe(false);
  });

  test('sums of hundreds of tenths are exact', () => {
    const pairs = Array.from({ length: 300 }, (_, index) => {
      const paid = attempt(index, { cost: cost({ coins: '0.1' }) });
      const found = record(index, { attempts: [paid], state: saved(index, []) });
      return [plannedRun(index), found] as const;
    });
    expect(summaryJson(reportOf(pairs))).toContain('"coins": 30,');
  });
});

test('exact JSON is what JSON.stringify writes, but for exact numbers', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(exactJson(value)).toBe(JSON.stringify(value));
      expect(JSON.parse(exactJson(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(exactJson({ seed: [new JsonNumber('18446744073709551615')] })).toBe(
    '{"seed":[18446744073709551615]}',
  );
});
