import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();

/** What a user wrote, what is told, and what the hint says to write: it has to work. */
interface Mistake {
  readonly manifest: string;
  readonly table?: string;
  readonly told: readonly string[];
  readonly mended: { readonly manifest?: string; readonly table?: string };
}

const header = 'KSampler.seed,Positive Prompt.text';
const rows = 'matrix: { rows: p.csv }';
const mistakes: readonly (readonly [string, Mistake])[] = [
  [
    'a title above the names of a table',
    {
      manifest: rows,
      table: `Cats of spring\n${header}\n1,a cat\n`,
      told: ['remove the first line if it is a title'],
      mended: { table: `${header}\n1,a cat\n` },
    },
  ],
  [
    'a title above the names, as spreadsheets save it',
    {
      manifest: rows,
      table: `Cats of spring,\n${header}\n1,a cat\n`,
      told: ['column 2 has no name', 'remove the first line if it is a title'],
      mended: { table: `${header}\n1,a cat\n` },
    },
  ],
  [
    'two columns of one name',
    {
      manifest: rows,
      table: 'KSampler.seed,KSampler.seed\n1,2\n',
      told: ['there are two columns "KSampler.seed"', 'rename one of them, or remove it'],
      mended: { table: 'KSampler.seed\n1\n' },
    },
  ],
  [
    'a table without a row',
    {
      manifest: rows,
      table: `${header}\n`,
      told: ['the table has a header but no rows', 'write a row below it'],
      mended: { table: `${header}\n1,a cat\n` },
    },
  ],
  [
    'a table without a line',
    {
      manifest: rows,
      table: '',
      told: ['p.csv is empty', 'its first line names the columns'],
      mended: { table: `${header}\n1,a cat\n` },
    },
  ],
  [
    'a word for a number',
    {
      manifest: 'set: { KSampler.steps: many }',
      told: ['takes a whole number, not "many"', 'hint: write a whole number, such as '],
      mended: { manifest: 'set: { KSampler.steps: 20 }' },
    },
  ],
  [
    'a fraction for a whole number',
    {
      manifest: 'set: { KSampler.steps: 12.5 }',
      told: ['takes a whole number, not "12.5"', 'hint: write 12, or another number without'],
      mended: { manifest: 'set: { KSampler.steps: 12 }' },
    },
  ],
  [
    'zipped axes of unequal length',
    {
      manifest: 'matrix: { zip: { KSampler.seed: [1], KSampler.steps: [2, 3] } }',
      told: ['"KSampler.seed" has 1 value, "KSampler.steps" has 2', 'give each of them 2 values'],
      mended: { manifest: 'matrix: { zip: { KSampler.seed: [1, 2], KSampler.steps: [2, 3] } }' },
    },
  ],
  [
    'a key at the top that belongs inside of another',
    {
      manifest: 'set: { KSampler.steps: 20 }\nconcurrency: 3',
      told: ['"concurrency" belongs in "execution": execution: { concurrency: … }'],
      mended: { manifest: 'set: { KSampler.steps: 20 }\nexecution: { concurrency: 3 }' },
    },
  ],
  [
    'a key inside of another that belongs at the top',
    {
      manifest: 'set: { KSampler.steps: 20 }\nexecution: { budget: { runs: 1 } }',
      told: ['"budget" belongs at the top of the manifest'],
      mended: { manifest: 'set: { KSampler.steps: 20 }\nbudget: { runs: 1 }' },
    },
  ],
  [
    'keys as the items of a list',
    {
      manifest: 'set:\n  - KSampler.steps: 20',
      told: ['"set" must be a map', 'remove the "- " before each key'],
      mended: { manifest: 'set:\n  KSampler.steps: 20' },
    },
  ],
  [
    'a text with brackets in a list',
    {
      manifest: 'matrix: { Positive Prompt.text: [a, {b|c} d, e] }',
      told: ['a text that begins with { needs quotes', "put the text in quotes: '{b|c} d'"],
      mended: { manifest: "matrix: { Positive Prompt.text: [a, '{b|c} d', e] }" },
    },
  ],
  ...['lots', '.nan', '"2,000"', '2 000', '"-5"', '2k'].map((coins): readonly [string, Mistake] => [
    `a budget that is no number (${coins})`,
    {
      manifest: `set: { KSampler.steps: 20 }\nbudget: { coins: ${coins} }`,
      told: ['is not a number of coins', 'hint: write 2000: digits'],
      mended: { manifest: 'set: { KSampler.steps: 20 }\nbudget: { coins: 2000 }' },
    },
  ]),
];

test.each(mistakes)('%s is told with a cure that works', async (_, mistake) => {
  const p = await project({ manifest: mistake.manifest });
  if (mistake.table !== undefined) p.write('p.csv', mistake.table);
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  for (const words of mistake.told) expect(err).toContain(words);

  const { manifest = mistake.manifest, table } = mistake.mended;
  p.manifest(manifest);
  if (table !== undefined) p.write('p.csv', table);
  const after = await p.run('validate');
  expect(after.err).not.toContain('error');
  expect(after.exit).toBe(0);
});

test('a folder and an empty file in place of a picture are told with what to do', async () => {
  const p = await project({ manifest: 'set: { LoadImage.image: { asset: pics } }' });
  p.write('pics/a.png', 'a picture');
  expect((await p.run('validate')).err).toContain(
    'hint: name a file in it; an axis { glob: "pics/*" } takes each of its files',
  );
  p.manifest('matrix: { LoadImage.image: { glob: "pics/*" } }');
  expect((await p.run('validate')).exit).toBe(0);
  p.write('pics/a.png', '');
  expect((await p.run('validate')).err).toContain('hint: save or download the file again');
});

test('one asset is one asset', async () => {
  const p = await project({ manifest: 'set: { LoadImage.image: { asset: a.png } }' });
  p.write('a.png', 'a picture');
  expect((await p.run('validate')).out).toBe('valid: 1 run, 1 asset\n');
});

test('aliases that multiply are one message, and nothing that follows from it', async () => {
  const level = (name: string, of: string): string =>
    `${name}: &${name} [${Array<string>(9).fill(of).join(', ')}]\n`;
  const p = await project({
    manifest: ['*a', '*b', '*c', '*d', '*e', '*f'].reduce(
      (text, of, at) => text + level('bcdefg'[at] ?? '', of),
      level('a', 'x'),
    ),
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('aliases make this document larger');
  expect(err).toContain('hint: write the values out');
  expect(err).toContain('1 error; nothing was sent');
});

test('a short form of a large number in a manifest is not told as of a spreadsheet', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 1e18] }' });
  const { err } = await p.run('validate');
  expect(err).toContain('hint: write the number with all its digits');
  expect(err).not.toContain('spreadsheet');
  p.manifest('matrix: { KSampler.seed: [1, 1000000000000000000] }');
  expect((await p.run('validate')).err).not.toContain('warning');
});
