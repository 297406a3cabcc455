import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { Project } from '../support/project.js';

const project = projects();

/** Any text but NUL and halves of surrogate pairs, with the nasty ones often. */
const cell = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 30 })
      .filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'a\nb',
      'a\r\nb',
      '"',
      '""',
      ',',
      '${{ x }}',
      '{a|b}',
      '<lora:x:0.6>',
      '=1+1',
      '\u202eabc',
      '🦊',
      ' lead',
      'e\u0301',
      'é',
      "'",
      '\\n',
      '\ufeffx',
      '#1',
      '~',
      'null',
    ),
  },
);

/** Line ends are no content: what an editor or git turns over. */
const unixEnds = (text: string): string => text.replace(/\r\n?/g, '\n');
const cellsOf = fc.uniqueArray(cell, { minLength: 1, maxLength: 12, selector: unixEnds });

test('any table of strings reaches the service character for character', async () => {
  await fc.assert(
    fc.asyncProperty(cellsOf, async (cells) => {
      const p = await Project.start({
        manifest: 'matrix: { rows: p.csv }\nexecution: { concurrency: 3, requestsPerSecond: 100 }',
        files: {
          'p.csv': stringify([['Positive Prompt.text'], ...cells.map((text) => [text])], {
            quoted: true,
            quoted_empty: true,
          }),
        },
        emulator: { maxPixels: 8, runTime: { kind: 'constant', ms: 2_000 } },
      });
      try {
        const ended = await p.apply('-q');
        expect(ended.exit, ended.err).toBe(0);
        const received = p.service
          .bill()
          .map(({ nodeInfoList }) => (nodeInfoList as { fieldValue: unknown }[])[0]?.fieldValue);
        expect(received.sort()).toEqual(cells.map(unixEnds).sort());
      } finally {
        await p.close();
      }
    }),
    { numRuns: 25 },
  );
});

test('a prompt of a megabyte, and numbers digit for digit', async () => {
  const long = 'красный лис 🦊 '.repeat(45_000);
  const p = await project({
    manifest:
      'set: { Positive Prompt.text: { file: long.txt }, KSampler.seed: 18446744073709551615, KSampler.cfg: 0.10000000000000000001 }',
    files: { 'long.txt': long },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const request = p.service.bill()[0]?.request ?? '';
  expect(request).toContain(JSON.stringify(long));
  expect(request).toContain('"fieldValue":"18446744073709551615"');
  expect(request).toContain('"fieldValue":0.10000000000000000001');
});

test.each([
  [
    'KSampler.seed: abc',
    /manifest\.yaml:4:\d+ error: KSampler\.seed takes a whole number, not "abc"/,
  ],
  ['KSampler.steps: 2.5', /takes a whole number/],
  ['KSampler.cfg: [1]', /takes a number/],
  ['LoadImage.image: none.png', /none\.png does not exist/],
  ['KSampler.positive: x', /is wired from/],
])('set: { %s } is refused before anything is sent', async (set, words) => {
  const p = await project({ manifest: `set: { ${set} }` });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(words);
  expect(p.service.requests()).toEqual([]);
});

test('all bad rows are told: the first twenty and a count', async () => {
  const rows = Array.from({ length: 30 }, (_, at) => `bad${at}`).join('\n');
  const p = await project({
    manifest: 'matrix: { rows: p.csv }',
    files: { 'p.csv': `KSampler.seed\n${rows}\n` },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err.match(/takes a whole number/g)).toHaveLength(20);
  expect(err).toContain('p.csv:21:1 error');
  expect(err).toContain('and 10 more of E0406');
  expect(err).toContain('30 errors');
});

test('a wrong header does not hide the wrong cells', async () => {
  const p = await project({
    manifest: 'matrix: { rows: p.csv }',
    files: { 'p.csv': 'KSampler.stepps,KSampler.seed\n1,abc\n' },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('has no field "stepps"');
  expect(err).toContain('not "abc"');
  expect(err).not.toContain('used nowhere');
});
