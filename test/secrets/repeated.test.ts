import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';
import { shows, spellings } from './spellings.js';

const start = projects();

/** Slow enough that no answer comes too late, however busy the machine is. */
const calm = { runTime: { kind: 'constant', ms: 2_000 } } as const;

const walk = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return [name, ...(statSync(path).isDirectory() ? walk(path) : [readFileSync(path, 'utf8')])];
  });

test('what the service repeats of the key is neither stored nor printed, and its links still work', async () => {
  const p = await start({
    manifest: [
      'matrix: { Positive Prompt.text: [a, b, "[emulate:fail]"] }',
      'execution: { retries: 0 }',
      'outputs: { name: "${{ run.name }}-${{ output.node }}-${{ output.name }}.${{ output.ext }}" }',
    ].join('\n'),
    files: { 'a.png': pixel(1) },
    emulator: calm,
  });
  const samples = fc.sample(spellings(key), { numRuns: 2, seed: 7 });
  for (const [index, said] of [key, ...samples].entries()) {
    p.service.setFaults([{ endpoint: '*', kind: 'repeatText', msg: said }]);
    const out = `out/${index}`;
    const ended = [await p.run('apply', '--force', '-vv', '--out-dir', out)];
    expect(ended[0]?.exit).toBe(1);
    expect(p.results(out).map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'failed',
    ]);
    // Without the key in the environment nothing is left that could take it out.
    for (const argv of [
      ['report', '--out-dir', out],
      ['status'],
      ['explain', p.results(out)[2]?.id ?? ''],
    ])
      ended.push(await p.withoutKey(...argv));
    ended.push(
      await p.run('account'),
      await p.run('account', '--json'),
      await p.run('task', p.results(out)[0]?.taskId ?? '', '--json'),
      await p.run('upload', 'a.png', '--json'),
    );
    for (const text of [...ended.flatMap((one) => [one.out, one.err]), ...walk(p.dir)])
      expect(shows(text, key) ? text : '').toBe('');
  }
});

test('a link that held the key is asked for again where the apply that got it was broken off', async () => {
  const p = await start({ manifest: 'set: { KSampler.seed: 1 }', emulator: calm });
  p.service.setFaults([
    { endpoint: 'outputs', kind: 'repeatText', msg: key },
    { endpoint: 'download', kind: 'http500' },
  ]);
  expect((await p.run('apply')).exit).not.toBe(0);
  p.service.setFaults([{ endpoint: 'outputs', kind: 'repeatText', msg: key }]);
  const { exit } = await p.run('apply');
  expect(exit).toBe(0);
  expect(p.service.stats().accepted).toBe(1);
  expect(p.results()[0]?.status).toBe('succeeded');
});
