import { expect, test } from 'vitest';
import type { RunTime } from '../../src/emulator/options.js';
import { seeds, serverBatches, workOf } from '../support/comfy-batch.js';
import { percent, table } from './table.js';

const servers = serverBatches();

const around = (medianMs: number): RunTime => ({ kind: 'lognormal', medianMs, sigma: 0.4 });

/** Runs of a batch, and how long one takes on each of the two servers. */
const scenarios: readonly (readonly [string, number, RunTime, RunTime])[] = [
  ['60 runs of 30 s', 60, around(30_000), around(30_000)],
  ['240 runs of 30 s', 240, around(30_000), around(30_000)],
  ['240 runs of 3 s', 240, around(3_000), around(3_000)],
  ['240 runs, 30 s and 60 s', 240, around(30_000), around(60_000)],
];

/** Shares of time with a prompt running: of the server that had least to do, and of both together. */
const sharesOf = async (
  runs: number,
  runTimes: readonly RunTime[],
  seed: number,
): Promise<{ own: number; whole: number }> => {
  const { p, comfy } = await servers(
    runTimes.map((runTime, at) => ({ runTime, seed: seed + 10 * at })),
    seeds(runs),
  );
  expect((await p.apply()).exit).toBe(0);
  const works = comfy.map(workOf).map(({ startedAt, endedAt, idleMs }) => ({
    startedAt,
    endedAt,
    busyMs: endedAt - startedAt - idleMs,
  }));
  const startedAt = Math.min(...works.map((work) => work.startedAt));
  const endedAt = Math.max(...works.map((work) => work.endedAt));
  const busyMs = works.reduce((sum, work) => sum + work.busyMs, 0);
  return {
    own: Math.min(...works.map((work) => work.busyMs / (work.endedAt - work.startedAt))),
    whole: busyMs / (works.length * (endedAt - startedAt)),
  };
};

const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;

test('two ComfyUI servers share a batch, in virtual time', async () => {
  const rows: string[][] = [];
  for (const [name, runs, ...runTimes] of scenarios) {
    const shares = [];
    for (const seed of [1, 2, 3, 4, 5]) shares.push(await sharesOf(runs, runTimes, seed));
    rows.push([
      name,
      percent(mean(shares.map(({ own }) => own))),
      percent(mean(shares.map(({ whole }) => whole))),
      shares.map(({ whole }) => (100 * whole).toFixed(1)).join(' '),
    ]);
  }
  console.log(
    table(
      'Two ComfyUI servers, seeds 1 to 5',
      ['batch', 'busy while it had prompts', 'busy, whole batch', 'whole batch, each seed'],
      rows,
    ),
  );
});
