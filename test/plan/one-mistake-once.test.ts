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
