import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const text = 'Positive Prompt.text';

test.each([
  ['vars', 'vars: { a: "8k ${{ batch.date }}" }\nmatrix: { KSampler.seed: [1] }', 'vars.a'],
  ['a value of an axis', 'matrix: { KSampler.seed: [1], look: ["${{ x }}"] }', 'matrix.look'],
  ['a row', 'matrix: { rows: [{ KSampler.seed: 1, look: "${{ x }}" }] }', 'matrix.rows.look'],
  ['a path', 'matrix: { rows: "${{ batch.date }}.csv" }', 'matrix.rows'],
  ['a range', 'matrix: { KSampler.seed: { from: "${{ x }}", count: 2 } }', 'KSampler.seed.from'],
  ['a title', 'report: { title: "of ${{ batch.date }}" }', 'report.title'],
  ['a command', 'notify: { command: "say ${{ batch.date }}" }', 'notify.command'],
  ['a profile', 'profiles: { ci: { vars: { a: "${{ x }}" } } }', 'vars.a'],
  ['an escaped one', 'vars: { a: "$${{ x }}" }', 'vars.a'],
])('a template in %s is an error with its place', async (_where, manifest, key) => {
  const p = await project({ manifest });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  expect(err).toMatch(/manifest\.yaml:\d+:\d+/);
  expect(err).toContain(`${key}" holds a template`);
});

test('{ value } in vars and in the matrix means exactly what it says', async () => {
  const p = await project({
    manifest: `vars: { a: { value: "\${{ x }}" } }
matrix: { ${text}: [{ value: "a \${{ x }}" }], KSampler.seed: [1] }
set: { KSampler/negative.text: "\${{ vars.a }}" }`,
  });
  const { runs } = await p.plan();
  const values = runs[0]?.overrides.map(({ value }) => value) ?? [];
  expect(JSON.stringify(values)).toContain('"a ${{ x }}"');
  expect(JSON.stringify(values)).toContain('"${{ x }}"');
});

test('cells, lines and files are data, whatever stands in them', async () => {
  const p = await project({
    manifest: `matrix: { rows: t.csv, more: { lines: l.txt } }
set: { KSampler/negative.text: { file: n.txt }, ${text}: "\${{ p }} \${{ more }}" }`,
    files: {
      't.csv': 'p,KSampler.seed\n{p} $p {{ p }} ${{ p }},1\n',
      'l.txt': '{more} ${{ more }}\n',
      'n.txt': '${{ q }} {p}',
    },
  });
  const { exit, err } = await p.run('plan');
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
});

test.each([
  ['{{ colour }}', '${{ colour }}'],
  ['{{ colour | upper }}', '${{ colour | upper }}'],
  ['{colour}', '${{ colour }}'],
  ['${colour}', '${{ colour }}'],
  ['$colour', '${{ colour }}'],
  ['{ matrix.colour }', '${{ colour }}'],
  ['{suffix}', '${{ vars.suffix }}'],
  ['$vars.suffix', '${{ vars.suffix }}'],
  ['{first image}', "${{ matrix['first image'] }}"],
  ['{run.index}', '${{ run.index }}'],
  ['{{ batch.date }}', '${{ batch.date }}'],
])('%s is a warning with the right form, once', async (written, right) => {
  const p = await project({
    manifest: `vars: { suffix: sharp }
matrix: { rows: t.csv }
set: { ${text}: 'a ${written}, \${{ colour }} \${{ vars.suffix }} \${{ matrix["first image"] }}' }`,
    files: { 't.csv': 'colour,first image,KSampler.seed\nred,a,1\nblue,b,2\ngreen,c,3\n' },
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(0);
  expect(err.match(/warning: .* is no template/g)).toHaveLength(1);
  expect(err).toContain(`"${written}" is sent as it stands`);
  expect(err).toContain(`hint: ${right} reads it`);
});

test('a text that looks a little like a template is left alone', async () => {
  const p = await project({
    manifest: `matrix: { colour: [red, blue] }
set:
  ${text}: 'a {red|blue} fox for $5, {1-2$$a|b}, $$colour, US$colour, {other}, $other, \${{ colour }} $\${{ colour }}'
  KSampler/negative.text: { value: "{colour} $colour" }`,
  });
  const { exit, err } = await p.run('plan');
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
});

test.each(['${{ shot.nam }}', 'a ${{ shot.nam }}', "${{ matrix['shot'].nam | upper }}"])(
  'a name inside of a value that no run has is one error with the nearest: %s',
  async (written) => {
    const p = await project({
      manifest: `matrix: { shot: [{ name: a, size: 1 }, { name: b, size: 2 }] }
set: { ${text}: "${written}", KSampler.seed: "\${{ shot.size }}" }`,
    });
    const { exit, err } = await p.run('plan');
    expect(exit).toBe(2);
    expect(err.match(/ error: /g)).toHaveLength(1);
    expect(err).toMatch(/there is no ".*shot\.nam" to read here/);
    expect(err).toMatch(/did you mean ".*shot\.name"/);
  },
);

test('it may come from a file, from cells, or from vars', async () => {
  const p = await project({
    manifest: `matrix: { rows: t.jsonl, s: { file: s.csv } }
set:
  ${text}: "\${{ shot.nam }}"
  KSampler/negative.text: "\${{ s.nam }}"`,
    files: { 't.jsonl': '{"shot":{"name":"a"}}\n{"shot":{"name":"b"}}\n', 's.csv': 'name\nx\n' },
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  for (const near of ['shot.name', 's.name']) expect(err).toContain(`did you mean "${near}"`);
  p.manifest(`vars: { size: { w: 1, h: 2 } }
matrix: { repeat: 2 }
set: { KSampler.seed: "\${{ vars.size.hh }}" }`);
  expect((await p.run('plan')).err).toContain('did you mean "vars.size.h"');
});

test('what some runs have is optional in the others', async () => {
  const p = await project({
    manifest: `matrix: { shot: [{ seed: 1 }, { seed: 2, extra: big }] }
set:
  ${text}: "\${{ shot.extra }}"
  KSampler/negative.text: "a \${{ shot.extra | default('') }}"
  KSampler.seed: "\${{ shot.seed }}"`,
  });
  expect(await p.run('plan')).toMatchObject({ exit: 0, err: '' });
});

test('what one run lacks in a text is still an error of that run', async () => {
  const p = await project({
    manifest: `matrix: { shot: [{ seed: 1 }, { seed: 2, extra: big }] }
set: { ${text}: "a \${{ shot.extra }}", KSampler.seed: "\${{ shot.seed }}" }`,
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  expect(err).toContain('in run 0');
});

test('a default for a name that no run has is a warning', async () => {
  const p = await project({
    manifest: `matrix: { shot: [{ name: a }] }
set: { ${text}: "\${{ shot.name }} \${{ shot.nam | default('x') }}" }`,
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(0);
  expect(err).toContain('warning');
  expect(err).toContain('did you mean "shot.name"?');
});

test('a name inside of a text is told as such', async () => {
  const p = await project({
    manifest: `matrix: { look: [a, b] }\nset: { ${text}: "\${{ look.name }}" }`,
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  expect(err).toContain('"look" is a text with no names in it: ${{ look }}');
});
