import { expect, test } from 'vitest';
import { request } from 'undici';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import { one } from '../support/proposed.js';

const project = projects();

const listed = (out: string): string[][] =>
  out
    .split('\n')
    .filter((line) => line.startsWith('  out/'))
    .map((line) => line.trim().split('\t'));

test('few outputs are told one by one, each with its path and the URL that it came from', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  const { exit, out } = await p.apply();
  expect(exit).toBe(0);
  expect(out).toMatch(/^files: {2}out\/manifest$/m);
  const lines = listed(out);
  expect(lines.map(([path]) => path)).toEqual(
    p.results().flatMap(({ outputs }) => outputs.map(({ path }) => `out/manifest/${path}`)),
  );
  for (const [path = '', url = ''] of lines) {
    const { body } = await request(url);
    expect(Buffer.from(await body.arrayBuffer()).equals(p.bytes(path))).toBe(true);
  }
});

test('of files that were made before, the paths are told and no link that may be dead', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  await p.apply('--first', '1');
  const { out } = await p.apply();
  expect(listed(out).map(({ length }) => length)).toEqual([1, 2]);
});

test('a rehearsal tells no links: what served them ended with it', async () => {
  const p = await project({ manifest: 'set: { KSampler.seed: 1 }' });
  const { out } = await p.apply('--emulator');
  expect(listed(out)).toEqual([['out/manifest-emulated/0000_00.png']]);
});

test('many outputs are told by their folder', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, count: 9 } }\noutputs: { dir: pictures }',
  });
  const { out } = await p.apply();
  expect(out).toMatch(/^files: {2}pictures$/m);
  expect(listed(out)).toEqual([]);
});

test('a failed run shows how its traceback ends, and an equal one only once', async () => {
  const p = await project({
    manifest: [
      'set: { Positive Prompt.text: "[emulate:oom]" }',
      'matrix: { rows: rows.csv, KSampler.steps: [8, 9] }',
      'execution: { retries: 0 }',
    ].join('\n'),
    files: { 'rows.csv': 'KSampler.seed\n1\n2\n' },
  });
  const { exit, out } = await p.apply();
  expect(exit).toBe(1);
  expect(out).toMatch(/✖ \S+ and 1 more run {2}node 3: .* \(rows\.csv:2\)$/m);
  expect(out).toContain(
    [
      '        File "/workspace/ComfyUI/execution.py", line 327, in execute',
      '      torch.OutOfMemoryError: Allocation on device 0 would exceed allowed memory.',
    ].join('\n'),
  );
  expect(out.match(/execution\.py/g)).toHaveLength(1);
  expect(out.match(/^ {6}\(the same traceback\)$/gm)).toHaveLength(1);
});

test('a file that the service refuses is told once with its runs: log, result, --json, GitHub', async () => {
  const p = await project({
    manifest: 'matrix: { LoadImage.image: [a.png, b.png], KSampler.seed: { from: 1, count: 12 } }',
    files: { 'a.png': pixel(1), 'b.png': pixel(2) },
    env: { GITHUB_ACTIONS: 'true' },
    emulator: {
      faults: [{ endpoint: 'upload', kind: 'code', code: 1101, msg: 'no', probability: 1 }],
    },
  });
  const { exit, out, err } = await p.apply('--progress', 'plain');
  expect(exit).not.toBe(0);
  expect(out.match(/^ {2}■ 12 runs pending {2}[ab]\.png: /gm)).toHaveLength(2);
  expect(err.match(/no upload +[ab]\.png: .* · 12 runs need it$/gm)).toHaveLength(2);
  expect(err).not.toMatch(/^.* blocked {4}/m);
  expect(err.match(/^::error title=E0870::12 runs pending: [ab]\.png: /gm)).toHaveLength(2);
  expect(err.match(/^::error /gm)).toHaveLength(2);
  const { out: json } = await p.apply('--json', '--progress', 'none');
  expect((JSON.parse(json) as { troubles: unknown }).troubles).toMatchObject([
    { status: 'pending', runs: 12, message: expect.stringMatching(/^a\.png: /) as string },
    { status: 'pending', runs: 12, message: expect.stringMatching(/^b\.png: /) as string },
  ]);
});

test('a plan of many runs names the command that shows all of them, with the flags as given', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, count: 60 } }\nvars: { x: a }',
  });
  const flags = ['--var', "x=it's", '--max-runs', '100'];
  const short = await p.run('plan', ...flags, '--only', '00*', '--out', 'saved.json');
  expect(short.exit).toBe(0);
  expect(short.out).toContain('… and 10 more runs: rh-batch plan ');
  const [, ...argv] = one(short, 'plan');
  expect(argv).toEqual([...flags, '--only', '00*', '--all']);
  p.remove('saved.json');
  const whole = await p.run('plan', ...argv);
  expect(whole.out.match(/^\+ /gm)).toHaveLength(60);
  expect(whole.out).not.toContain('more run');
  expect(p.exists('saved.json')).toBe(false);
});
