import { test } from 'vitest';
import type { PollPolicy } from '../../src/engine/watch/policy.js';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { exponential, fixed } from './polling/baselines.js';
import { bound } from './polling/bound.js';
import type { Measured } from './polling/scenario.js';
import { measure } from './polling/scenario.js';
import { scenarios, tails } from './polling/scenarios.js';
import { percent, table } from './table.js';

const policies: readonly (readonly [string, () => PollPolicy])[] = [
  ['rh-batch', () => steadyPolicy()],
  ['every 5 s', () => fixed(5_000)],
  ['every 1 s', () => fixed(1_000)],
  ['1, 2, 4 … 30 s', () => exponential()],
];
const seeds = [1, 2, 3, 4, 5];

test('polling, in virtual time', async () => {
  const rows: string[][] = [];
  for (const [name, scenario] of Object.entries(scenarios))
    for (const [policy, make] of policies) {
      const runs: Measured[] = [];
      for (const seed of seeds) runs.push(await measure(scenario, make(), seed));
      const mean = (of: (run: (typeof runs)[number]) => number): number =>
        runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
      rows.push([
        policy === 'rh-batch' ? name : '',
        policy,
        percent(mean((run) => run.utilisation)),
        mean((run) => run.makespan).toFixed(3),
        mean((run) => run.countsPerRun).toFixed(1),
        mean((run) => run.pollsPerRun).toFixed(1),
        (mean((run) => run.rejected) / scenario.runs).toFixed(3),
        `${(mean((run) => run.duringLateMs) / 1000).toFixed(1)} s`,
        `${(mean((run) => run.tailMs) / 1000).toFixed(1)} s`,
        policy === 'rh-batch' ? bound(scenario) : '',
      ]);
    }
  console.log(
    table(
      `Polling, virtual time, mean of ${seeds.length} seeds; 0.1 s there and back, reads per second by default`,
      [
        'scenario',
        'policy',
        'slots busy',
        'makespan/ideal',
        'counts/run',
        'polls/run',
        'refused/run',
        'result seen after',
        'tail',
        'bound',
      ],
      rows,
    ),
  );
});

test('the tail: from the end of the last task to the end of the apply', async () => {
  const rows: string[][] = [];
  for (const [name, scenario] of Object.entries(tails)) {
    const runs: Measured[] = [];
    for (const seed of seeds) runs.push(await measure(scenario, steadyPolicy(), seed));
    const most = (of: (run: Measured) => number): string =>
      `${(Math.max(...runs.map(of)) / 1000).toFixed(1)} s`;
    rows.push([name, most((run) => run.tailMs), most((run) => run.tailBoundMs)]);
  }
  console.log(
    table(
      `Tail, virtual time, most of ${seeds.length} seeds`,
      ['slots, median run time', 'tail', 'may be'],
      rows,
    ),
  );
});
