import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bytesOf } from '../../src/values/amounts.js';
import { outputReader } from '../../src/batch/reports/output-reader.js';
import { planEmbedding } from '../../src/report/html/embed.js';
import type { ReportOutput } from '../../src/report/model.js';
import { Project } from '../support/project.js';

let project: Project | null = null;
afterEach(async () => {
  await project?.close();
  project = null;
});

const manifest = (prompts: string, more = ''): string =>
  `matrix:\n  prompt: [${prompts}]\nset:\n  Positive Prompt.text: \${{ prompt }}\nrun:\n  name: \${{ run.index }}\n${more}`;

const start = async (prompts: string): Promise<Project> => {
  project = await Project.start({ manifest: manifest(prompts) });
  return project;
};

const report = (p: Project): string => p.read('out/manifest/report.html');
const files = (html: string): number =>
  html.split('<script type="text/plain" id="file-').length - 1;

test('apply --inline carries every output inside the page, in its own bytes', async () => {
  const p = await start('a fox, a heron');
  expect(await p.apply('--inline')).toMatchObject({ exit: 0 });
  expect(files(report(p))).toBe(2);
  const base64 = /id="file-0">data:image\/png;base64,([^<]*)</.exec(report(p))?.[1] ?? '';
  const [first] = p.results();
  expect(Buffer.from(base64, 'base64')).toEqual(
    Buffer.from(p.bytes(`out/manifest/${first!.outputs[0]!.path}`)),
  );
  await p.run('report');
  expect(files(report(p))).toBe(0);
});

test('what goes beyond --inline-limit stays a link, and is told on stderr and on the page', async () => {
  const p = await start('a fox, a heron, a hare');
  await p.apply();
  const sizes = p.results().map(({ outputs }) => outputs[0]!.bytes);
  const { exit, err } = await p.run('report', '--inline-limit', String(sizes[0]! + 1));
  expect(exit).toBe(0);
  expect(err).toContain('notice: --inline embeds 1 output');
  expect(err).toContain('2 outputs');
  expect(files(report(p))).toBe(1);
  expect(report(p)).toContain('2 outputs');
  expect(report(p)).toContain('not inside this page');
});

test('a limit that is no size is a mistake, before anything is sent', async () => {
  const p = await start('a fox');
  const { exit, err } = await p.apply('--inline-limit', 'lots');
  expect(exit).toBe(2);
  expect(err).toContain('--inline-limit wants a size, not "lots"');
  expect(p.service.bill()).toHaveLength(0);
});

test('report --compare sets the batch beside one of before', async () => {
  const p = await start('a fox, a heron, a hare');
  await p.apply();
  cpSync(join(p.dir, 'out/manifest'), join(p.dir, 'yesterday'), { recursive: true });
  p.manifest(manifest('a fox, a grey heron, a hare, an owl', 'outputs: { onExist: overwrite }'));
  await p.apply();
  const { exit, out } = await p.run('report', '--compare', 'yesterday');
  expect(exit).toBe(0);
  expect(out).toMatch(/^compared with yesterday, .* UTC: 1 changed, 1 added, 2 the same · /);
  const data = JSON.parse(/id="data">([^<]*)</.exec(report(p))?.[1] ?? '') as {
    readonly before: {
      readonly runs: readonly { readonly outputs: readonly { readonly src: string }[] }[];
      readonly pairs: readonly { readonly verdict: string; readonly by?: string }[];
    };
  };
  expect(data.before.pairs.map(({ verdict, by }) => [verdict, by])).toEqual([
    ['same', 'id'],
    ['changed', 'name'],
    ['same', 'id'],
    ['added', undefined],
  ]);
  const [, heron] = data.before.runs;
  expect(heron!.outputs[0]!.src).toMatch(/^\.\/\.\.\/\.\.\/yesterday\/.*\.png$/);
  expect(p.exists(join('out/manifest', decodeURIComponent(heron!.outputs[0]!.src)))).toBe(true);
  const json = await p.run('report', '--compare', 'yesterday', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    version: 1,
    comparison: { counts: { changed: 1 } },
  });
  // What the files of the contract hold stays as it was.
  expect(p.summary()).not.toHaveProperty('comparison');
});

test('a folder without results, with broken ones, or of this very report is told', async () => {
  const p = await start('a fox');
  await p.apply();
  const none = await p.run('report', '--compare', 'nowhere');
  expect(none).toMatchObject({ exit: 2 });
  expect(none.err).toContain('nowhere/results.jsonl does not exist');
  p.write('broken/results.jsonl', '{"id":1}\n');
  expect((await p.run('report', '--compare', 'broken')).err).toContain(
    'results.jsonl:1 is no result',
  );
  expect((await p.run('report', '--compare', 'out/manifest')).err).toContain('this very report');
  p.write('empty/results.jsonl', '');
  expect((await p.run('report', '--compare', 'empty')).out).toContain('1 added');
  p.write('other/results.jsonl', '');
  p.write('other/summary.json', JSON.stringify({ workflowId: '7' }));
  const other = await p.run('report', '--compare', 'other');
  expect(other).toMatchObject({ exit: 0 });
  expect(other.err).toContain('other is of 7');
});

test('sizes in a results.jsonl of anyone are not believed', async () => {
  const p = await start('a fox');
  await p.apply();
  cpSync(join(p.dir, 'out/manifest'), join(p.dir, 'old'), { recursive: true });
  p.write('old/large.png', 'x'.repeat(200_000));
  p.write('old/large.txt', 'y'.repeat(200_000));
  const [line] = p.results();
  for (const bytes of [-1e9, 0, 1]) {
    const outputs = ['png', 'txt'].map((type) => ({ path: `large.${type}`, type, bytes }));
    p.write('old/results.jsonl', JSON.stringify({ ...line, outputs }));
    expect((await p.run('report', '--compare', 'old', '--inline-limit', '1kB')).exit).toBe(0);
    expect(report(p)).not.toContain(Buffer.from('xxx').toString('base64').repeat(5));
    expect(report(p)).not.toContain('yyyyy');
  }
});

test('the command in the page is the one that was typed', async () => {
  const p = await start('a fox');
  p.write('my batch.yaml', p.read('manifest.yaml') + 'vars: { x: a }\n');
  await p.apply('my batch.yaml', '--var', "x=it's", '--out-dir', 'o');
  expect(p.read('o/report.html')).toContain(
    `"command":"rh-batch apply 'my batch.yaml' --var 'x=it'\\\\''s' --out-dir o"`,
  );
});

test('of a base URL that was pasted with a key in it the page has the site alone', async () => {
  const p = await start('a fox');
  await p.apply('--base-url', `${p.service.url}/proxy/0123456789abcdef-of-another-account`);
  const html = report(p);
  expect(html).toContain(`--base-url ${p.service.url}`);
  expect(html).not.toContain('of-another-account');
});

test('the page shows what is in files of its own folders only', async () => {
  const p = await start('a fox');
  p.write('out/a.txt', 'ours');
  p.write('secret.txt', 'not ours');
  symlinkSync(join(p.dir, 'secret.txt'), join(p.dir, 'out/link.txt'));
  writeFileSync(join(p.dir, 'outside.txt'), 'not ours');
  const read = outputReader(join(p.dir, 'out'), [join(p.dir, 'out')]);
  expect(Buffer.from(read('a.txt', 4) ?? []).toString()).toBe('ours');
  for (const path of [
    'link.txt',
    '../secret.txt',
    '/etc/passwd',
    'none.txt',
    '.',
    '../outside.txt',
  ])
    expect(read(path, 1_000_000), path).toBeNull();
  expect(read('a.txt', 3)).toBeNull();
});

test('what is embedded: in order, all that still fits, each file once', () => {
  const output = (path: string | null, bytes: number | null): ReportOutput => ({
    path,
    bytes,
    url: null,
    node: null,
    type: 'png',
    sha256: null,
  });
  const plan = planEmbedding(
    [
      output('a', 40),
      output('big', 90),
      output('b', 50),
      output('a', 40),
      output(null, null),
      output('c', 11),
    ],
    100,
  );
  expect([...plan.places]).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect(plan).toMatchObject({ bytes: 90, left: { files: 2, bytes: 101 } });
});

test.each([
  ['200MB', 200_000_000],
  ['1.5 gb', 1_500_000_000],
  ['4000', 4000],
  ['10kB', 10_000],
  ['0', 0],
  ['lots', null],
  ['-1', null],
  ['5 MiB', null],
  ['', null],
])('%j as a size is %j', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test('the page knows how many slots the last apply had, also when it is written again', async () => {
  const p = await start('a, b, c, d, e, f, g, h');
  await p.apply();
  const slots = (): unknown =>
    (JSON.parse(/id="data">([^<]*)</.exec(report(p))?.[1] ?? '') as { slots: unknown }).slots;
  expect(slots()).toBe(3);
  await p.run('report');
  expect(slots()).toBe(3);
  // A no-op has none of its own.
  await p.apply();
  expect(slots()).toBe(3);
});
