import { describe, expect, test } from 'vitest';
import type { Project } from '../support/project.js';
import { projects } from '../support/opened.js';

const project = projects();
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';

const marks = (p: Project, dir?: string): (readonly [string, boolean])[] =>
  p.results(dir).map(({ status, thisApply }) => [status, thisApply]);

describe('reports are of the whole batch, whatever was selected', () => {
  test.each([
    ['--only', '0001-*'],
    ['--where', 'KSampler.seed=2'],
    ['--only', '0001-*', '--force'],
  ])('one run again: %s %s %s', async (...selection) => {
    const p = await project({ manifest: three });
    await p.apply();
    const again = await p.apply(...selection);
    expect(again, again.err).toMatchObject({ exit: 0 });
    expect(again.out).toContain('1 of 1 run succeeded');
    expect(again.out).toContain('batch:  3 of 3 runs succeeded');
    expect(marks(p)).toEqual([
      ['succeeded', false],
      ['succeeded', true],
      ['succeeded', false],
    ]);
    expect(p.summary()).toMatchObject({
      counts: { total: 3, succeeded: 3 },
      thisApply: { total: 1, succeeded: 1 },
    });
    expect(p.read('out/manifest/junit.xml').match(/<testcase/g)).toHaveLength(3);
    expect(p.read('out/manifest/results.csv').trim().split(/\r?\n/)).toHaveLength(4);
    expect(p.read('out/manifest/report.html').includes('3 of 3')).toBe(true);
  });

  test('what an earlier apply failed stays in the report, and is no reason for exit 1', async () => {
    const p = await project({
      manifest: `${three}\nexecution: { retries: 0 }`,
      emulator: { faults: [{ endpoint: 'create', kind: 'code', code: 803, after: 1, next: 1 }] },
    });
    expect((await p.apply()).exit).toBe(1);
    const failed = p.results().filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(1);
    const other = p.results().find(({ status }) => status === 'succeeded');
    const again = await p.apply('--only', other?.id ?? '');
    expect(again).toMatchObject({ exit: 0 });
    expect(p.results().filter(({ status }) => status === 'failed')).toMatchObject([
      { id: failed[0]?.id, thisApply: false },
    ]);
    expect(p.summary()).toMatchObject({
      exitCode: 0,
      counts: { total: 3, succeeded: 2, failed: 1 },
      thisApply: { total: 1, succeeded: 1, failed: 0 },
    });
  });

  test('--first runs the first ones alone; the others are pending', async () => {
    const p = await project({ manifest: three });
    expect((await p.apply('--first', '2')).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(2);
    expect(marks(p)).toEqual([
      ['succeeded', true],
      ['succeeded', true],
      ['pending', false],
    ]);
    // `report` tells the same from the journal alone.
    const written = p.read('out/manifest/results.jsonl');
    p.remove('out/manifest/results.jsonl');
    expect((await p.run('report')).exit).toBe(0);
    expect(p.read('out/manifest/results.jsonl')).toBe(written);
    expect(p.summary()).toMatchObject({ counts: { pending: 1 }, thisApply: { total: 2 } });
  });

  test("a shard's report holds its shard, and merge joins shards of which one was run in parts", async () => {
    const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2, 3, 4] }' });
    await p.apply('--shard', '1/2', '--state-dir', 's1', '--out-dir', 'o1');
    await p.apply('--shard', '2/2', '--state-dir', 's2', '--out-dir', 'o2', '--first', '1');
    expect(marks(p, 'o2')).toEqual([
      ['succeeded', true],
      ['pending', false],
    ]);
    const merged = await p.run('merge', 's1/manifest', 's2/manifest', '--out-dir', 'all');
    // One run is still to be done.
    expect(merged, merged.err).toMatchObject({ exit: 1 });
    expect(marks(p, 'all')).toEqual([
      ['succeeded', true],
      ['succeeded', true],
      ['succeeded', true],
      ['pending', false],
    ]);
  });
});

describe('equal runs', () => {
  const twins = {
    manifest:
      'matrix: { rows: [{ KSampler.seed: 1, n: a }, { KSampler.seed: 1, n: b }] }\nrun: { name: "${{ n }}" }',
  };

  test('the selected one is submitted although an equal one before it is not selected', async () => {
    const p = await project(twins);
    const applied = await p.apply('--only', 'b');
    expect(applied, applied.err).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(1);
    expect(p.results()).toMatchObject([
      { name: 'a', status: 'succeeded', thisApply: false },
      { name: 'b', status: 'succeeded', thisApply: true },
    ]);
    expect((await p.apply()).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(1);
  });

  test('both selected are submitted once', async () => {
    const p = await project(twins);
    expect((await p.apply('--only', 'a', '--only', 'b')).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(1);
  });
});

test('names are unique in the batch, whatever was selected: two of a name would be one file', async () => {
  const p = await project({ manifest: `${three}\nrun: { name: same }` });
  const applied = await p.apply('--first', '1');
  expect(applied.exit).toBe(2);
  expect(applied.err).toContain('have the same name "same"');
  expect(p.service.bill()).toHaveLength(0);
});

test('a run that was not selected is no predecessor of a new one', async () => {
  const p = await project({ manifest: three });
  await p.apply();
  p.manifest('matrix: { KSampler.seed: [1, 2, 3, 4] }');
  expect((await p.plan('--where', 'KSampler.seed=4')).summary).toMatchObject({
    new: 1,
    changed: 0,
  });
});
