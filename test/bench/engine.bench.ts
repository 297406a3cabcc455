import { test } from 'vitest';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { InstantService } from './instant-service.js';
import { virtualBatch } from '../support/virtual-batch.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { table } from './table.js';

test('100,000 runs through the engine, against a service that answers at once', async () => {
  const rows: string[][] = [];
  // The large one first: memory that a process once took it rarely gives back.
  for (const runs of [100_000, 10_000]) {
    const before = process.cpuUsage();
    const began = performance.now();
    const clock = new VirtualClock();
    await clock.drive(
      virtualBatch({
        runs,
        policy: steadyPolicy(),
        service: new InstantService(),
        clock,
        random: Math.random,
        execution: { concurrency: 50, requestsPerSecond: 1_000_000 },
      }),
    );
    const { user, system } = process.cpuUsage(before);
    rows.push([
      String(runs),
      `${((performance.now() - began) / 1000).toFixed(1)} s`,
      `${((user + system) / 1000 / runs).toFixed(3)} ms`,
      rows.length === 0 ? `${Math.round(process.memoryUsage.rss() / 1024 / 1024)} MB` : '',
    ]);
  }
  console.log(
    table('Engine alone, 50 slots', ['runs', 'time', 'CPU per run', 'resident memory'], rows),
  );
});
