import { readFileSync, rmSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
// Loaded before a compressed clock runs: to load them takes hours of its time.
import '../../src/commands/runs/apply.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

/** Stops a process as a kill does: before a step among names of outputs, and all steps after it. */
const fuse = vi.hoisted(() => ({
  /** Steps that are still done; null: none is stopped. */
  left: null as number | null,
  blown: (): void => undefined,
  async step(path: unknown): Promise<void> {
    if (
      fuse.left === null ||
      typeof path !== 'string' ||
      !/out\/manifest(?:$|.*\.(png|moving)$)/.test(path)
    )
      return;
    if (fuse.left === 0) {
      fuse.blown();
      await new Promise(() => undefined);
    }
    fuse.left -= 1;
  },
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const link: typeof real.link = async (from, to) => {
    await fuse.step(to);
    return real.link(from, to);
  };
  const rename: typeof real.rename = async (from, to) => {
    await fuse.step(to);
    return real.rename(from, to);
  };
  const unlink: typeof real.unlink = async (path) => {
    await fuse.step(path);
    return real.unlink(path);
  };
  // Where a folder is synced all its names stand: the last step before the journal is told.
  const open: typeof real.open = async (path, ...more) => {
    await fuse.step(path);
    return real.open(path, ...more);
  };
  return { ...real, link, rename, unlink, open };
});

const project = projects();
const keys = (order: readonly number[]): string =>
  `matrix: { seed: [${order.join(', ')}] }\nset: { KSampler.seed: "\${{ seed }}" }\noutputs: { name: "\${{ run.index | pad(4) }}.\${{ output.ext }}" }`;

/** @returns whether it was stopped; it then never goes on. */
const stoppedAfter = async (p: Project, steps: number): Promise<boolean> => {
  const blown = new Promise<true>((resolve) => {
    fuse.blown = () => resolve(true);
  });
  fuse.left = steps;
  const ended = p.apply().then(() => false);
  const stopped = await Promise.race([blown, ended]);
  fuse.left = null;
  return stopped;
};

const contents = (p: Project): Map<string, string> =>
  new Map(
    p.results().map(({ id, outputs: [output] }) => {
      const bytes = readFileSync(join(p.dir, 'out/manifest', output?.path ?? ''));
      return [id, createHash('sha256').update(bytes).digest('hex')];
    }),
  );

test('stopped at any step of a circle of names: the next apply finds every file and buys nothing', async () => {
  const p = await project({
    manifest: keys([1, 2, 3]),
    emulator: {},
  });
  const first = await p.apply();
  expect(first.exit, first.err).toBe(0);
  const before = contents(p);
  const orders = [
    [3, 1, 2],
    [2, 3, 1],
    [1, 2, 3],
  ];
  let steps = 0;
  for (; steps < 40; steps += 1) {
    p.manifest(keys(orders[steps % 3] ?? []));
    if (!(await stoppedAfter(p, steps))) break;
    // The process is gone: its lock is nobody's.
    rmSync(join(p.dir, '.rh-batch/manifest/lock'));
    expect((await p.plan()).summary).toMatchObject({ upToDate: 3 });
    const next = await p.apply();
    expect(next.exit, next.err).toBe(0);
    expect(contents(p)).toEqual(before);
    expect(p.list('out/manifest').filter((name) => /\.(?:png|moving)$/.test(name))).toEqual([
      '0000.png',
      '0001.png',
      '0002.png',
    ]);
  }
  // One aside, and each of three linked, freed of its old name and synced.
  expect(steps).toBeGreaterThanOrEqual(9);
  expect(p.service.stats().accepted).toBe(3);
});
