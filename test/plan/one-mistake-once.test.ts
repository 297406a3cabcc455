import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const forty = 'matrix: { KSampler.seed: { from: 1, count: 40 } }\n';

test.each<[string, string, RegExp]>([
  ['a value', 'set: { KSampler.steps: many }', /takes a whole number, not "many" \(in 40 runs\)$/m],
  [
    'a file',
    'set: { LoadImage.image: { asset: no.png } }',
    /no.png does not exist \(in 40 runs\)$/m,
  ],
  [
    'a name',
    'run: { name: same }',
    /^.*runs 0 and 1 have the same name "same" \(and in 38 more runs\)$/m,
  ],
])(
  'a mistake in %s that all runs repeat is one message with their number',
  async (_, keys, words) => {
    const p = await project({ manifest: forty + keys });
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toMatch(words);
    expect(err).toContain('1 error; nothing was sent');
    expect(err.match(/ error: /g)).toHaveLength(1);
  },
);

test('--json and the annotations of GitHub have it once, too, and room for nine more', async () => {
  const p = await project({
    manifest: `${forty}set: { KSampler.steps: many, KSampler.cfg: much }`,
    env: { GITHUB_ACTIONS: 'true' },
  });
  const { out, err } = await p.run('plan', '--json');
  const { diagnostics } = JSON.parse(out) as { diagnostics: { message: string }[] };
  expect(diagnostics.map(({ message }) => message)).toEqual([
    expect.stringMatching(/steps .*\(in 40 runs\)$/),
    expect.stringMatching(/cfg .*\(in 40 runs\)$/),
  ]);
  expect(err.match(/^::error /gm)).toHaveLength(2);
});

test('an address that fits nothing is not told a second time as a run without values', async () => {
  const p = await project({ manifest: 'set: { Positve Prompt.text: a }' });
  const { err } = await p.run('validate');
  expect(err).toContain('1 error; nothing was sent');
  expect(err).toContain('did you mean Positive Prompt.text?');
});

const rowsOf = (paths: readonly string[]): Record<string, string> => ({
  'rows.csv': `LoadImage.image\n${paths.map((path) => `${path}\n`).join('')}`,
});

test('a file that is refused is one message with its runs, in however many rows it is named', async () => {
  const p = await project({
    manifest: 'matrix: { rows: rows.csv, KSampler.seed: [1, 2] }',
    files: rowsOf(['gone.png', 'gone.png', 'other.png', 'gone.png', 'gone.png', './gone.png']),
    env: { GITHUB_ACTIONS: 'true' },
  });
  const { out, err } = await p.run('plan', '--json');
  const { diagnostics } = JSON.parse(out) as {
    diagnostics: { message: string; line: number; notes?: string[] }[];
  };
  expect(diagnostics.map(({ message, line }) => [message, line])).toEqual([
    ['gone.png does not exist (in 10 runs)', 2],
    ['other.png does not exist (in 2 runs)', 4],
  ]);
  expect(diagnostics[0]?.notes).toEqual(['also in rows.csv:3, rows.csv:5, rows.csv:6, …']);
  expect(err).toContain('2 errors; nothing was sent');
  expect(err.match(/^::error .*gone\.png does not exist \(in 10 runs\)/gm)).toHaveLength(1);
  expect(err.match(/^::error /gm)).toHaveLength(2);
});

test('so is one that is of the wrong kind, and a text file that is not there', async () => {
  const p = await project({
    manifest: [
      'matrix: { rows: rows.csv }',
      'set: { Positive Prompt.text: { file: "${{ text }}" } }',
    ].join('\n'),
    files: {
      'rows.csv': 'LoadImage.image,text\nvoice.wav,no.txt\nvoice.wav,no.txt\nvoice.wav,no.txt\n',
      'voice.wav': 'RIFF\0\0\0\0WAVEfmt ',
    },
  });
  const { err } = await p.run('validate');
  expect(err).toMatch(/voice\.wav is an audio .* takes an image \(in 3 runs\)$/m);
  expect(err).toMatch(/no\.txt does not exist \(in 3 runs\)$/m);
  expect(err).toContain('2 errors; nothing was sent');
});

test('an address of two fields has a mistake in as many runs as there are, not in twice as many', async () => {
  const p = await project({ manifest: `${forty}set: { "CLIPTextEncode[*].text": { vlaue: a } }` });
  const { err } = await p.run('validate');
  expect(err).toMatch(/\(in 40 runs\)$/m);
});

test('mistakes beyond those that are shown are counted once each, too', async () => {
  const rows = Array.from({ length: 30 }, (_, at) => `gone-${at}.png`);
  const p = await project({
    manifest: 'matrix: { rows: rows.csv, KSampler.seed: { from: 1, count: 30 } }',
    files: rowsOf(rows),
  });
  const { err } = await p.run('validate');
  expect(err).toContain('… and 10 more of E0501');
  expect(err).toContain('30 errors; nothing was sent');
});

test('a name that is missing in many rows is told with the number of all of them', async () => {
  const p = await project({
    manifest:
      'matrix: { shot: [{ name: a }, { name: b, light: c }], KSampler.seed: { from: 1, count: 40 } }\nset: { Positive Prompt.text: "at ${{ shot.light }}" }',
  });
  const { err } = await p.run('validate');
  expect(err).toMatch(/\(in 40 runs\)$/m);
});
