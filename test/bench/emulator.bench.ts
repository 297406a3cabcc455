import { test } from 'vitest';
import { emulatedClock } from '../../src/edges/clock.js';
import { startEmulator } from '../../src/emulator/server.js';
import type { PollPolicy } from '../../src/engine/watch/policy.js';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { createClient } from '../../src/runninghub/client.js';
import type { Json } from '../../src/values/json.js';
import { graph } from '../support/graph.js';
import { virtualBatch } from '../support/virtual-batch.js';
import { exponential, fixed } from './polling/baselines.js';
import { median, percent, table } from './table.js';

const speed = 20;
const slots = 5;
const runs = 60;
const policies: readonly (readonly [string, () => PollPolicy])[] = [
  ['rh-batch', () => steadyPolicy()],
  ['every 5 s', () => fixed(5_000)],
  ['every 1 s', () => fixed(1_000)],
  ['1, 2, 4 … 30 s', () => exponential()],
];

/** Slot time that was used and reads per run, of one batch over real HTTP. */
const batch = async (policy: PollPolicy, seed: number): Promise<readonly [number, number]> => {
  const emulator = await startEmulator({
    speed,
    slots,
    seed,
    runTime: { kind: 'lognormal', medianMs: 30_000, sigma: 0.4 },
    workflows: new Map([['1', JSON.stringify(graph)]]),
    maxPixels: 16,
  });
  const clock = emulatedClock(speed);
  const client = createClient({ baseUrl: emulator.url, key: 'k'.repeat(32), clock, env: {} });
  try {
    await virtualBatch({
      runs,
      policy,
      service: client.speaking('classic'),
      clock,
      random: Math.random,
      request: ({ index }) => ({
        path: '/task/openapi/create',
        body: new Map<string, Json>([
          ['workflowId', '1'],
          [
            'nodeInfoList',
            [
              new Map([
                ['nodeId', '3'],
                ['fieldName', 'seed'],
                ['fieldValue', String(index)],
              ]),
            ],
          ],
        ]),
      }),
    });
    const bill = emulator.bill();
    const [began, last] = [bill.at(0), bill.at(-1)].map((line) =>
      Date.parse(line?.createdAt ?? ''),
    );
    if (began === undefined || last === undefined) throw new Error('nothing was submitted');
    const busy = bill.reduce((sum, { startedAt, endedAt }) => {
      const from = Date.parse(startedAt ?? '');
      return sum + Math.max(0, Math.min(last, Date.parse(endedAt ?? '')) - from);
    }, 0);
    const { outputs, account, queue } = client.requests();
    return [busy / (slots * (last - began)), (outputs + account + queue) / runs];
  } finally {
    await client.close();
    await emulator.close();
  }
};

test('polling over real HTTP, against the emulator', async () => {
  const seen = policies.map(() => ({ busy: [] as number[], reads: [] as number[] }));
  for (const seed of [1, 2, 3])
    for (const [at, [, make]] of policies.entries()) {
      const [busy, reads] = await batch(make(), seed);
      seen[at]?.busy.push(busy);
      seen[at]?.reads.push(reads);
    }
  console.log(
    table(
      `${runs} runs over real HTTP on the emulator, ${slots} slots, ${speed} times faster than real: medians of 3, alternating`,
      ['policy', 'slots busy', 'reads per run'],
      policies.map(([name], at) => [
        name,
        percent(median(seen[at]?.busy ?? [])),
        median(seen[at]?.reads ?? []).toFixed(1),
      ]),
    ),
  );
});
