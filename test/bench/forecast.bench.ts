import { test } from 'vitest';
import { scenarios } from './polling/scenarios.js';
import { score, shares } from './polling/score.js';
import { median, percent, table } from './table.js';

const seeds = [1, 2, 3, 4, 5];

test('what is said to be left, against what then was', async () => {
  const rows: string[][] = [];
  for (const [name, scenario] of Object.entries(scenarios)) {
    const scores = (await Promise.all(seeds.map((seed) => score(scenario, seed)))).flat();
    const off = (share: number, of: 'time' | 'coins'): string =>
      percent(median(scores.filter(({ at }) => at === share).map((one) => Math.abs(one[of]))));
    rows.push([
      name,
      ...shares.map((share) => off(share, 'time')),
      ...shares.map((share) => off(share, 'coins')),
    ]);
  }
  console.log(
    table(
      `Forecast, virtual time, no history: median error over ${seeds.length} seeds, of the time left and of the coins in all`,
      [
        'scenario',
        ...shares.map((share) => `time left at ${100 * share} %`),
        ...shares.map((share) => `coins at ${100 * share} %`),
      ],
      rows,
    ),
  );
});
