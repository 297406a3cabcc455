import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSearch, quoted } from '../../../src/report/page/search/parse.js';
import { makeSearch } from '../../../src/report/page/search/search.js';
import { failed, plannedRun, record, reportOf } from '../sample.js';
import type { Values } from './batch-of.js';
import { batchOf, batchWith } from './batch-of.js';

const rows: readonly Values[] = [
  { prompt: 'a red fox', 'csv.style': 'anime', cfg: '7', seed: '18446744073709551614' },
  { prompt: 'a blue heron', 'csv.style': 'oil painting', cfg: '7.5', seed: '18446744073709551615' },
  { prompt: 'not a fox, or so', 'csv.style': 'Anime', cfg: '10', seed: '4' },
  { prompt: 'a-b|c <lora:x:0.8>', cfg: '9', seed: '5' },
];
const sent: readonly Values[] = [
  { steps: '20', noise: '1' },
  { steps: '20', noise: '2' },
  { steps: '20', noise: '3' },
  { steps: '20', noise: '4' },
];
const sample = batchWith(rows, sent);
const search = makeSearch(sample);

/** The places of the runs that are found. */
const found = (text: string): readonly number[] => {
  const { questions } = search(text);
  return sample.runs.filter((run) => questions.every((ask) => ask(run))).map(({ index }) => index);
};

describe('the search field', () => {
  test.each([
    ['', [0, 1, 2, 3]],
    ['fox', [0, 2]],
    ['FOX red', [0]],
    ['"red fox"', [0]],
    ['style=anime', [0, 2]],
    ['csv.style=anime', [0, 2]],
    ['STYLE="oil painting"', [1]],
    ['style!=anime', [1, 3]],
    ['style=', [3]],
    ['style!=""', [0, 1, 2]],
    ['style~painting', [1]],
    ['style!~painting', [0, 2, 3]],
    ['prompt:fox', [0, 2]],
    ['cfg=7.0', [0]],
    ['cfg<10', [0, 1, 3]],
    ['cfg >= 9', [2, 3]],
    ['cfg>7 cfg<=9', [1, 3]],
    ['seed>18446744073709551614', [1]],
    ['style=anime or "oil painting"', [0, 1, 2]],
    ['style=anime|"oil painting" cfg<10', [0, 1]],
    ['style!=anime or "oil painting"', [3]],
    ['cfg=9 or style=anime', [0, 2, 3]],
    ['heron or lora', [1, 3]],
    ['heron | red cfg=7', [0]],
    ['-fox', [1, 3]],
    ['not fox', [1, 3]],
    ['-style=anime', [1, 3]],
    ['not style=anime or "oil painting"', [3]],
    ['"not"', [2]],
    ['"-b"', [3]],
    ['<lora:x:0.8>', [3]],
    ['noise=3', [2]],
    ['KSampler.noise>2', [2, 3]],
    ['status=succeeded coins=12', [0, 1, 2, 3]],
    ['seconds>31', []],
    ['row="prompts.csv:3"', [1]],
    ['"unclosed', []],
    ['or', [0, 1, 2, 3]],
    ['not', [0, 1, 2, 3]],
  ])('%s', (text, places) => {
    expect(found(text)).toEqual(places);
  });

  test('tells of a name that nothing has, and looks for the text', () => {
    expect(search('sede=4').unknownNames).toEqual(['sede']);
    expect(search('style=anime seed>3').unknownNames).toEqual([]);
    expect(found('sede=4')).toEqual([]);
    expect(found('x:0.8')).toEqual([3]);
    expect(search('x:0.8').unknownNames).toEqual([]);
  });

  test('errors are found by their words, their code and their node', () => {
    const batch = batchOf(
      reportOf([
        [plannedRun(0), record(0)],
        [plannedRun(1), record(1, failed(1))],
      ]),
    );
    for (const text of ['CUDA', 'code=805', 'node=3', 'status=failed', 'error~memory'])
      expect(
        batch.runs.filter((run) => makeSearch(batch)(text).questions.every((ask) => ask(run))),
        text,
      ).toHaveLength(1);
  });

  const word = fc.constantFrom(...'fox heron anime cfg style=anime cfg>7 seed=4'.split(' '));

  test('a negation finds the others, and "or" finds both', () => {
    const all = sample.runs.map(({ index }) => index);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(found(`-${a}`)).toEqual(all.filter((at) => !found(a).includes(at)));
        expect(found(`${a} ${b}`)).toEqual(found(a).filter((at) => found(b).includes(at)));
        const either = all.filter((at) => found(a).includes(at) || found(b).includes(at));
        // A bare word after a comparison is one more value of it.
        if (!a.includes('=') && !a.includes('>')) expect(found(`${a} or ${b}`)).toEqual(either);
      }),
    );
  });

  test('whatever is typed is understood in some way', () => {
    const piece = fc.constantFrom(
      '"',
      '=',
      '!',
      '<',
      '>',
      '|',
      '-',
      ' ',
      'or',
      'not',
      'cfg',
      '7',
      '~',
    );
    const typed = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(typed, (text) => {
        for (const question of search(text).questions) question(sample.runs[0]!);
      }),
    );
  });

  test('every value can be typed so that it is found', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !text.includes('"')),
        (value) => {
          const [[term] = []] = parseSearch(`name=${quoted(value)}`, () => true);
          expect(term).toMatchObject({ is: 'value', operator: '=', values: [value], not: false });
        },
      ),
    );
  });
});
